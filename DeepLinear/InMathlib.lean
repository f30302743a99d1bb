/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.PopulationLoss
public import Mathlib.Algebra.Star.StarProjection
public import Mathlib.Analysis.InnerProductSpace.PiL2
public import Mathlib.Analysis.Matrix.Normed
public import Mathlib.Analysis.Matrix.Order

/-!
# In Mathlib's notions

`frobeniusNorm A` is the root of `sqNorm A`, which is Mathlib's Frobenius norm, without a choice of
a norm on matrices. The losses are written with sums, so that they need no norm. They are half the
squared distances in Mathlib's own norms. (For the derivative see
`DeepLinear.isCritical_iff_fderiv_eq_zero`.) What the theorems ask of projectors and forms, they ask
in products and sums; here it is in Mathlib's words.

## Main definitions

* `DeepLinear.frobeniusNorm A`: the Frobenius norm, the root of `sqNorm A`.

## Main statements

* `DeepLinear.frobeniusNorm_eq_norm`: it is Mathlib's.
* `DeepLinear.trace_mul_transpose_le`: the inequality of Cauchy and Schwarz.
* `DeepLinear.datasetLoss_eq_frobenius`: the dataset loss, in the Frobenius norm.
* `DeepLinear.populationLoss_eq_euclidean`: the population loss, in the Euclidean norm.
* `DeepLinear.isStarProjection_iff`: orthogonal projectors.
* `DeepLinear.posSemidef_iff`, `DeepLinear.smul_one_le_iff`: forms, and the order on matrices.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

section FrobeniusNorm

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

end FrobeniusNorm

section Frobenius

open scoped Matrix.Norms.Frobenius

/-- The dataset loss is `1/2 ‖Y - A X‖²` in Mathlib's Frobenius norm. -/
theorem datasetLoss_eq_frobenius {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]
    (X : Matrix n s ℝ) (Y : Matrix m s ℝ) (A : Matrix m n ℝ) :
    datasetLoss X Y A = ‖Y - A * X‖ ^ 2 / 2 := by
  rw [datasetLoss_eq_sum_sq, Matrix.frobenius_norm_def, ← Real.sqrt_eq_rpow, Real.sq_sqrt]
  · simp
  · exact Finset.sum_nonneg fun i _ => Finset.sum_nonneg fun j _ => by positivity

end Frobenius

section Forms

variable {n : Type*} [Fintype n]

/-- A symmetric idempotent matrix is a star projection, and the other way round. -/
theorem isStarProjection_iff {P : Matrix n n ℝ} : IsStarProjection P ↔ Pᵀ = P ∧ P * P = P := by
  rw [_root_.isStarProjection_iff, and_comm]
  exact and_congr (by rw [IsSelfAdjoint, Matrix.star_eq_conjTranspose,
    Matrix.conjTranspose_eq_transpose_of_trivial]) Iff.rfl

/-- A symmetric matrix is positive semidefinite if its form is never negative. -/
theorem posSemidef_iff {Q : Matrix n n ℝ} :
    Q.PosSemidef ↔ Qᵀ = Q ∧ ∀ v, 0 ≤ v ⬝ᵥ Q *ᵥ v := by
  rw [Matrix.posSemidef_iff_dotProduct_mulVec, Matrix.IsHermitian,
    Matrix.conjTranspose_eq_transpose_of_trivial]
  simp

open scoped MatrixOrder in
/-- `X Xᵀ ≥ c`, as the theorems on training have it, in Mathlib's order on matrices. -/
theorem smul_one_le_iff [DecidableEq n] {S : Matrix n n ℝ} (hS : Sᵀ = S) {c : ℝ} :
    c • (1 : Matrix n n ℝ) ≤ S ↔ ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ S *ᵥ v := by
  have hsymm : (S - c • (1 : Matrix n n ℝ))ᵀ = S - c • 1 := by
    rw [Matrix.transpose_sub, Matrix.transpose_smul, Matrix.transpose_one, hS]
  rw [Matrix.le_iff, posSemidef_iff, and_iff_right hsymm]
  refine forall_congr' fun v => ?_
  rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub, dotProduct_smul,
    smul_eq_mul, sub_nonneg]

end Forms

/-- The population loss is `1/2 E ‖y - A x‖²` in Mathlib's Euclidean norm. -/
theorem populationLoss_eq_euclidean {m n : Type*} [Fintype m] [Fintype n]
    (μ : Measure ((n → ℝ) × (m → ℝ))) (A : Matrix m n ℝ) :
    populationLoss μ A = (∫ z, ‖WithLp.toLp 2 (z.2 - A *ᵥ z.1)‖ ^ 2 ∂μ) / 2 := by
  simp [populationLoss, EuclideanSpace.real_norm_sq_eq]

end DeepLinear
