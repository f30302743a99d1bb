/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Trace
public import Mathlib.Analysis.Matrix.Normed

/-!
# The Frobenius norm without a choice of a norm on matrices

`frobeniusNorm A` is the root of `sqNorm A`. It is Mathlib's Frobenius norm, which is an instance
that one has to choose.

## Main definitions

* `Matrix.frobeniusNorm A`: the Frobenius norm of a real matrix.

## Main statements

* `Matrix.frobeniusNorm_eq_norm`, `Matrix.sqNorm_eq_norm_sq`: it is Mathlib's.
* `Matrix.trace_mul_transpose_le`: the inequality of Cauchy and Schwarz.
* `Matrix.sq_mul_le_of_sqNorm_sub_le`: how much a matrix shrinks a vector, from one near it.
-/

@[expose] public section

namespace Matrix

variable {l m n : Type*} [Fintype l] [Fintype m] [Fintype n]

/-- The Frobenius norm of a matrix. -/
noncomputable def frobeniusNorm (A : Matrix m n ℝ) : ℝ :=
  √(sqNorm A)

lemma frobeniusNorm_nonneg (A : Matrix m n ℝ) : 0 ≤ frobeniusNorm A :=
  Real.sqrt_nonneg _

lemma frobeniusNorm_sq (A : Matrix m n ℝ) : frobeniusNorm A ^ 2 = sqNorm A :=
  Real.sq_sqrt (sqNorm_nonneg A)

section Mathlib

open scoped Matrix.Norms.Frobenius

/-- The squared Frobenius norm is the square of Mathlib's. -/
theorem sqNorm_eq_norm_sq (A : Matrix m n ℝ) :
    sqNorm A = ‖A‖ ^ 2 := by
  rw [sqNorm, trace_mul_transpose_self, Matrix.frobenius_norm_def, ← Real.sqrt_eq_rpow,
    Real.sq_sqrt]
  · simp
  · exact Finset.sum_nonneg fun i _ => Finset.sum_nonneg fun j _ => by positivity

/-- It is Mathlib's Frobenius norm. -/
lemma frobeniusNorm_eq_norm (A : Matrix m n ℝ) : frobeniusNorm A = ‖A‖ := by
  rw [frobeniusNorm, sqNorm_eq_norm_sq, Real.sqrt_sq (norm_nonneg A)]

lemma frobeniusNorm_mul_le (A : Matrix l m ℝ) (B : Matrix m n ℝ) :
    frobeniusNorm (A * B) ≤ frobeniusNorm A * frobeniusNorm B := by
  simp only [frobeniusNorm_eq_norm]
  exact Matrix.frobenius_norm_mul A B

lemma frobeniusNorm_add_le (A B : Matrix m n ℝ) :
    frobeniusNorm (A + B) ≤ frobeniusNorm A + frobeniusNorm B := by
  simp only [frobeniusNorm_eq_norm]
  exact norm_add_le A B

lemma frobeniusNorm_sub_le (A B : Matrix m n ℝ) :
    frobeniusNorm (A - B) ≤ frobeniusNorm A + frobeniusNorm B := by
  simp only [frobeniusNorm_eq_norm]
  exact norm_sub_le A B

lemma frobeniusNorm_zero : frobeniusNorm (0 : Matrix m n ℝ) = 0 := by
  simp [frobeniusNorm_eq_norm]

lemma frobeniusNorm_transpose (A : Matrix m n ℝ) : frobeniusNorm Aᵀ = frobeniusNorm A := by
  rw [frobeniusNorm, frobeniusNorm, sqNorm_transpose]

end Mathlib

/-- Cauchy and Schwarz. -/
lemma trace_mul_transpose_le (A B : Matrix m n ℝ) :
    (A * Bᵀ).trace ≤ frobeniusNorm A * frobeniusNorm B := by
  have h := Finset.sum_mul_sq_le_sq_mul_sq (Finset.univ : Finset (m × n)) (fun p => A p.1 p.2)
    fun p => B p.1 p.2
  refine (le_abs_self _).trans (abs_le_of_sq_le_sq ?_
    (mul_nonneg (frobeniusNorm_nonneg A) (frobeniusNorm_nonneg B)))
  rw [mul_pow, frobeniusNorm_sq, frobeniusNorm_sq, sqNorm, sqNorm, trace_mul_transpose,
    trace_mul_transpose_self, trace_mul_transpose_self]
  simpa only [Fintype.sum_prod_type] using h

/-- What is nearer to `Φ` than `s - c` does not shrink a vector to less than `c` of its length, if
`Φ` does not to less than `s`. -/
lemma sq_mul_le_of_sqNorm_sub_le {a b : Type*} [Fintype a] [Fintype b] {Φ R : Matrix a b ℝ}
    {s c : ℝ} (hc : 0 ≤ c) (hcs : c ≤ s) (hΦ : ∀ v, s ^ 2 * (v ⬝ᵥ v) ≤ (Φ *ᵥ v) ⬝ᵥ (Φ *ᵥ v))
    (hR : sqNorm (R - Φ) ≤ (s - c) ^ 2) (v : b → ℝ) :
    c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v) := by
  have hcol : ∀ u : b → ℝ, frobeniusNorm (Matrix.replicateCol Unit u) ^ 2 = u ⬝ᵥ u := fun u => by
    rw [frobeniusNorm_sq, sqNorm, trace_mul_transpose_self]
    simp [dotProduct, sq]
  have hcol' : ∀ u : a → ℝ, frobeniusNorm (Matrix.replicateCol Unit u) ^ 2 = u ⬝ᵥ u := fun u => by
    rw [frobeniusNorm_sq, sqNorm, trace_mul_transpose_self]
    simp [dotProduct, sq]
  have hmul : ∀ A : Matrix a b ℝ, A * Matrix.replicateCol Unit v =
      Matrix.replicateCol Unit (A *ᵥ v) := fun A => (Matrix.replicateCol_mulVec A v).symm
  obtain ⟨x, hx⟩ : ∃ x, x = frobeniusNorm (Matrix.replicateCol Unit v) := ⟨_, rfl⟩
  have hx0 : 0 ≤ x := hx ▸ frobeniusNorm_nonneg _
  have h1 : s * x ≤ frobeniusNorm (Matrix.replicateCol Unit (Φ *ᵥ v)) := by
    refine abs_le_of_sq_le_sq' ?_ (frobeniusNorm_nonneg _) |>.2
    rw [mul_pow, hcol', hx, hcol]
    exact hΦ v
  have h2 : frobeniusNorm (R - Φ) ≤ s - c := by
    refine abs_le_of_sq_le_sq' ?_ (sub_nonneg.2 hcs) |>.2
    rwa [frobeniusNorm_sq]
  have h3 : frobeniusNorm (Matrix.replicateCol Unit (Φ *ᵥ v)) ≤
      frobeniusNorm (Matrix.replicateCol Unit (R *ᵥ v)) + (s - c) * x := by
    have hsplit : Matrix.replicateCol Unit (Φ *ᵥ v) =
        Matrix.replicateCol Unit (R *ᵥ v) - (R - Φ) * Matrix.replicateCol Unit v := by
      rw [Matrix.sub_mul, hmul, hmul]
      abel
    rw [hsplit, hx]
    refine (frobeniusNorm_sub_le _ _).trans (add_le_add le_rfl ?_)
    exact (frobeniusNorm_mul_le _ _).trans
      (mul_le_mul_of_nonneg_right h2 (frobeniusNorm_nonneg _))
  have h4 : c * x ≤ frobeniusNorm (Matrix.replicateCol Unit (R *ᵥ v)) := by linarith
  rw [← hcol, ← hcol', ← hx, ← mul_pow]
  exact pow_le_pow_left₀ (mul_nonneg hc hx0) h4 2

end Matrix
