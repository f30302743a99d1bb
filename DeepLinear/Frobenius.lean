/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Tangent
public import Mathlib.Analysis.Matrix.Normed

/-!
# The Frobenius norm

The root of `sqNorm A`, which is Mathlib's Frobenius norm, without a choice of a norm on matrices.

## Main definitions

* `DeepLinear.frobeniusNorm A`: the Frobenius norm, the root of `sqNorm A`.

## Main statements

* `DeepLinear.frobeniusNorm_eq_norm`: it is Mathlib's.
* `DeepLinear.trace_mul_transpose_le`: the inequality of Cauchy and Schwarz.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {l m n : Type*} [Fintype l] [Fintype m] [Fintype n]

/-- The Frobenius norm of a matrix. -/
noncomputable def frobeniusNorm (A : Matrix m n ℝ) : ℝ :=
  √(sqNorm A)

lemma frobeniusNorm_nonneg (A : Matrix m n ℝ) : 0 ≤ frobeniusNorm A :=
  Real.sqrt_nonneg _

lemma frobeniusNorm_sq (A : Matrix m n ℝ) : frobeniusNorm A ^ 2 = sqNorm A :=
  Real.sq_sqrt (sqNorm_nonneg A)

section

open scoped Matrix.Norms.Frobenius

/-- It is Mathlib's Frobenius norm. -/
lemma frobeniusNorm_eq_norm (A : Matrix m n ℝ) : frobeniusNorm A = ‖A‖ := by
  rw [frobeniusNorm, Matrix.frobenius_norm_def, ← Real.sqrt_eq_rpow, sqNorm,
    trace_mul_transpose_self]
  simp

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

end

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

end DeepLinear
