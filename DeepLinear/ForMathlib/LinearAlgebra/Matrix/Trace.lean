/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Algebra.Order.Field.Basic
public import Mathlib.Data.Real.Basic
public import Mathlib.LinearAlgebra.Matrix.Trace
public import Mathlib.Tactic.Ring

/-!
# The trace of `A * Bᵀ`, and the squared Frobenius norm

`tr (A Bᵀ)` is the inner product of the entries of `A` and `B`; `tr (A Aᵀ)` is the squared Frobenius
norm, without a choice of a norm on matrices.

## Main definitions

* `Matrix.sqNorm A`: the squared Frobenius norm of a real matrix.

## Main statements

* `Matrix.trace_mul_transpose_self_eq_zero_iff`: it vanishes for `A = 0` alone.
* `Matrix.sqNorm_add_smul`: the squared Frobenius norm along a line.
* `Matrix.mul_sqNorm_le_trace`: a lower bound of a form is one of the trace.
-/

@[expose] public section

namespace Matrix

variable {m n 𝕜 : Type*} [Fintype m] [Fintype n]

/-- The trace of `M * Mᵀ` is the sum of the squares of the entries of `M`: the squared Frobenius
norm. -/
lemma trace_mul_transpose_self [CommSemiring 𝕜] (M : Matrix m n 𝕜) :
    (M * Mᵀ).trace = ∑ i, ∑ j, M i j ^ 2 := by
  simp [Matrix.trace, Matrix.mul_apply, sq]

/-- The inner product `tr (A Bᵀ)` of two matrices is the sum of the products of their entries. -/
lemma trace_mul_transpose [NonUnitalNonAssocSemiring 𝕜] (A B : Matrix m n 𝕜) :
    (A * Bᵀ).trace = ∑ i, ∑ j, A i j * B i j := by
  simp [Matrix.trace, Matrix.mul_apply]

/-- The inner product `tr (A Bᵀ)` of two matrices is symmetric. -/
lemma trace_mul_transpose_comm [CommSemiring 𝕜] (A B : Matrix m n 𝕜) :
    (A * Bᵀ).trace = (B * Aᵀ).trace := by
  rw [← trace_transpose, Matrix.transpose_mul, Matrix.transpose_transpose]

/-- The inner product of a matrix with a unit matrix is an entry. -/
lemma trace_mul_transpose_single [DecidableEq m] [DecidableEq n] [NonAssocSemiring 𝕜]
    (A : Matrix m n 𝕜) (i : m) (j : n) : (A * (single i j (1 : 𝕜))ᵀ).trace = A i j := by
  rw [transpose_single, trace_mul_single]
  simp

section Order

variable [Field 𝕜] [LinearOrder 𝕜] [IsStrictOrderedRing 𝕜]

lemma trace_mul_transpose_self_nonneg (M : Matrix m n 𝕜) : 0 ≤ (M * Mᵀ).trace := by
  rw [trace_mul_transpose_self]
  exact Finset.sum_nonneg fun i _ => Finset.sum_nonneg fun j _ => sq_nonneg _

/-- A matrix whose squared Frobenius norm is zero is zero. -/
lemma trace_mul_transpose_self_eq_zero_iff {M : Matrix m n 𝕜} : (M * Mᵀ).trace = 0 ↔ M = 0 := by
  refine ⟨fun h => ?_, fun h => by simp [h]⟩
  rw [trace_mul_transpose_self, Finset.sum_eq_zero_iff_of_nonneg fun i _ =>
    Finset.sum_nonneg fun j _ => sq_nonneg _] at h
  ext i j
  have hi := (Finset.sum_eq_zero_iff_of_nonneg fun j _ => sq_nonneg (M i j)).1
    (h i (Finset.mem_univ i)) j (Finset.mem_univ j)
  simpa using hi

end Order

/-- The squared Frobenius norm. -/
def sqNorm (A : Matrix m n ℝ) : ℝ :=
  (A * Aᵀ).trace

/-- The squared norm of a matrix, by its rows. -/
lemma sqNorm_eq_sum_rows (A : Matrix m n ℝ) : sqNorm A = ∑ i, A i ⬝ᵥ A i := by
  rw [sqNorm, trace_mul_transpose]
  rfl

lemma sqNorm_nonneg (A : Matrix m n ℝ) : 0 ≤ sqNorm A :=
  trace_mul_transpose_self_nonneg A

lemma sqNorm_transpose (A : Matrix m n ℝ) : sqNorm Aᵀ = sqNorm A := by
  rw [sqNorm, Matrix.transpose_transpose, Matrix.trace_mul_comm, sqNorm]

lemma sqNorm_add (A B : Matrix m n ℝ) : sqNorm (A + B) =
    sqNorm A + 2 * (A * Bᵀ).trace + sqNorm B := by
  simp only [sqNorm, Matrix.transpose_add, Matrix.add_mul, Matrix.mul_add, Matrix.trace_add,
    trace_mul_transpose_comm B A]
  ring

lemma sqNorm_add_smul (E X : Matrix m n ℝ) (t : ℝ) :
    sqNorm (E + t • X) = sqNorm E + 2 * t * (E * Xᵀ).trace + t ^ 2 * sqNorm X := by
  rw [sqNorm_add]
  simp only [sqNorm, Matrix.transpose_smul, Matrix.mul_smul, Matrix.smul_mul, Matrix.trace_smul,
    smul_eq_mul]
  ring

lemma sqNorm_smul (s : ℝ) (A : Matrix m n ℝ) : sqNorm (s • A) = s ^ 2 * sqNorm A := by
  simp only [sqNorm, Matrix.transpose_smul, Matrix.smul_mul, Matrix.mul_smul, Matrix.trace_smul,
    smul_eq_mul]
  ring

/-- The squared Frobenius norm vanishes for `0` alone. -/
lemma sqNorm_eq_zero_iff {A : Matrix m n ℝ} : sqNorm A = 0 ↔ A = 0 :=
  trace_mul_transpose_self_eq_zero_iff

/-- The trace of `V Q Vᵀ`, row by row. -/
lemma trace_mul_mul_transpose (V : Matrix m n ℝ) (Q : Matrix n n ℝ) :
    (V * Q * Vᵀ).trace = ∑ i, V i ⬝ᵥ Q *ᵥ V i := by
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [Matrix.diag_apply, Matrix.mul_assoc, Matrix.mul_apply]
  simp only [dotProduct, Matrix.mulVec, Matrix.mul_apply, Matrix.transpose_apply]

/-- The inner product with a matrix of rank one. -/
lemma trace_mul_transpose_vecMulVec (E : Matrix m n ℝ) (v : m → ℝ) (w : n → ℝ) :
    (E * (vecMulVec v w)ᵀ).trace = v ⬝ᵥ E *ᵥ w := by
  rw [Matrix.transpose_vecMulVec, mul_vecMulVec, Matrix.trace_vecMulVec, dotProduct_comm]

/-- What the outer factors kill is orthogonal to all products with them. -/
lemma trace_mul_transpose_mul_mul_eq_zero {a b c d : Type*} [Fintype a] [Fintype b]
    [Fintype c] [Fintype d] {T : Matrix a b ℝ} {G : Matrix a d ℝ} {S : Matrix c d ℝ}
    (h : Tᵀ * G * Sᵀ = 0) (Z : Matrix b c ℝ) : (G * (T * Z * S)ᵀ).trace = 0 := by
  have h1 : (G * (T * Z * S)ᵀ).trace = (Tᵀ * G * Sᵀ * Zᵀ).trace := by
    rw [Matrix.transpose_mul, Matrix.transpose_mul, ← Matrix.mul_assoc, ← Matrix.mul_assoc,
      Matrix.trace_mul_comm]
    simp only [Matrix.mul_assoc]
  rw [h1, h, Matrix.zero_mul, Matrix.trace_zero]

/-- The squared norm of a product with `Sᵀ`, as a form. -/
lemma sqNorm_mul_transpose_eq_trace {s : Type*} [Fintype s] (G : Matrix m n ℝ) {S : Matrix s n ℝ}
    {P : Matrix n n ℝ} (h : Sᵀ * S = P) : sqNorm (G * Sᵀ) = (G * P * Gᵀ).trace := by
  rw [sqNorm, Matrix.transpose_mul, Matrix.transpose_transpose, ← h]
  simp only [Matrix.mul_assoc]

/-- A lower bound of a form is one of the trace. -/
lemma mul_sqNorm_le_trace {Q : Matrix n n ℝ} {c : ℝ} (hQ : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ Q *ᵥ v)
    (V : Matrix m n ℝ) : c * sqNorm V ≤ (V * Q * Vᵀ).trace := by
  rw [sqNorm_eq_sum_rows, trace_mul_mul_transpose, Finset.mul_sum]
  exact Finset.sum_le_sum fun i _ => hQ (V i)

end Matrix
