/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Trace
public import Mathlib.Analysis.Convex.Function
public import Mathlib.Tactic.FieldSimp
public import Mathlib.Tactic.Linarith
public import Mathlib.Tactic.LinearCombination
public import Mathlib.Tactic.Module
public import Mathlib.Tactic.Ring

/-!
# The square loss on a dataset

A dataset is a pair of matrices `X`, `Y` with the same columns: column `s` of `X` is an input, and
column `s` of `Y` is the output wanted for it. The loss of the linear predictor `A` is
`1/2 ‖Y - A X‖²` in the Frobenius norm. It is written with a trace, and over an arbitrary field, so
that the loss of the theorems (over the reals) is also the one that computes (over the rationals).

What is proved about it is proved for the quadratic form `1/2 tr (A Q Aᵀ) - tr (A Cᵀ) + c`; the
dataset loss is the one with `Q = X Xᵀ` and `C = Y Xᵀ`.

## Main definitions

* `DeepLinear.datasetLoss X Y A`: the loss `1/2 ‖Y - A X‖²` of the predictor `A`.
* `DeepLinear.quadraticLoss Q C c A`: the quadratic form behind it.

## Main statements

* `DeepLinear.datasetLoss_eq_sum_sq`: the loss is half the sum of the squared errors.
* `DeepLinear.datasetLoss_eq_quadraticLoss`: the dataset loss as a quadratic form.
* `DeepLinear.quadraticLoss_add_smul`: the quadratic form along a line.
* `DeepLinear.convexOn_datasetLoss`: the dataset loss is convex in the predictor.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {m n s 𝕜 : Type*} [Fintype m] [Fintype n] [Fintype s]

/-- The square loss `1/2 ‖Y - A X‖²` (Frobenius norm) of the predictor `A` on a dataset whose inputs
are the columns of `X` and whose outputs are the columns of `Y`. -/
def datasetLoss [Field 𝕜] (X : Matrix n s 𝕜) (Y : Matrix m s 𝕜) (A : Matrix m n 𝕜) : 𝕜 :=
  ((Y - A * X) * (Y - A * X)ᵀ).trace / 2

/-- The quadratic form `1/2 tr (A Q Aᵀ) - tr (A Cᵀ) + c` in the predictor `A`. -/
def quadraticLoss [Field 𝕜] (Q : Matrix n n 𝕜) (C : Matrix m n 𝕜) (c : 𝕜) (A : Matrix m n 𝕜) : 𝕜 :=
  (A * Q * Aᵀ).trace / 2 - (A * Cᵀ).trace + c

section Field

variable [Field 𝕜] (X : Matrix n s 𝕜) (Y : Matrix m s 𝕜)

/-- The dataset loss is half the sum of the squared errors, over all outputs and all samples. -/
theorem datasetLoss_eq_sum_sq (A : Matrix m n 𝕜) :
    datasetLoss X Y A = (∑ i, ∑ j, (Y i j - (A * X) i j) ^ 2) / 2 := by
  simp only [datasetLoss, trace_mul_transpose_self, Matrix.sub_apply]

/-- The dataset loss over another field. -/
lemma datasetLoss_map {𝕂 : Type*} [Field 𝕂] (f : 𝕜 →+* 𝕂) (A : Matrix m n 𝕜) :
    datasetLoss (X.map f) (Y.map f) (A.map f) = f (datasetLoss X Y A) := by
  have h2 : f 2 = 2 := map_ofNat f 2
  simp [datasetLoss_eq_sum_sq, ← Matrix.map_mul, h2]

variable [CharZero 𝕜]

/-- The dataset loss as a quadratic form. -/
theorem datasetLoss_eq_quadraticLoss :
    datasetLoss X Y = quadraticLoss (X * Xᵀ) (Y * Xᵀ) ((Y * Yᵀ).trace / 2) := by
  ext A
  have h : (A * X * Yᵀ).trace = (Y * (A * X)ᵀ).trace := trace_mul_transpose_comm _ _
  simp only [datasetLoss, quadraticLoss, Matrix.transpose_sub, Matrix.transpose_mul, Matrix.sub_mul,
    Matrix.mul_sub, Matrix.trace_sub, Matrix.transpose_transpose, Matrix.mul_assoc] at h ⊢
  linear_combination (1 / 2 : 𝕜) * h

variable {Q : Matrix n n 𝕜} (C : Matrix m n 𝕜) (c : 𝕜) (A V : Matrix m n 𝕜)

/-- The quadratic form along the line through `A` in the direction `V`: its slope at `A` is the
inner product of `V` with `A Q - C`. -/
theorem quadraticLoss_add_smul (hQ : Qᵀ = Q) (t : 𝕜) :
    quadraticLoss Q C c (A + t • V) =
      quadraticLoss Q C c A + t * ((A * Q - C) * Vᵀ).trace + t ^ 2 / 2 * (V * Q * Vᵀ).trace := by
  have hVA : (V * Q * Aᵀ).trace = (A * Q * Vᵀ).trace := by
    rw [← Matrix.trace_transpose, Matrix.transpose_mul, Matrix.transpose_mul, hQ,
      Matrix.transpose_transpose, Matrix.mul_assoc]
  have hVC : (V * Cᵀ).trace = (C * Vᵀ).trace := trace_mul_transpose_comm _ _
  simp only [quadraticLoss, Matrix.transpose_add, Matrix.transpose_smul, Matrix.add_mul,
    Matrix.mul_add, Matrix.sub_mul, Matrix.smul_mul, Matrix.mul_smul, Matrix.trace_add,
    Matrix.trace_sub, Matrix.trace_smul, smul_eq_mul, hVA, hVC]
  field_simp
  ring

end Field

section Order

variable [Field 𝕜] [LinearOrder 𝕜] [IsStrictOrderedRing 𝕜]

/-- The quadratic form is convex if `Q` is symmetric and `tr (V Q Vᵀ)` is never negative. -/
theorem convexOn_quadraticLoss {Q : Matrix n n 𝕜} (hQ : Qᵀ = Q)
    (hpos : ∀ V : Matrix m n 𝕜, 0 ≤ (V * Q * Vᵀ).trace) (C : Matrix m n 𝕜) (c : 𝕜) :
    ConvexOn 𝕜 Set.univ (quadraticLoss Q C c) := by
  refine ⟨convex_univ, fun A _ B _ a b ha hb hab => ?_⟩
  obtain rfl : a = 1 - b := by linarith
  -- both `A` and `B` lie on the line through the point between them, in the direction `A - B`
  have hA : A = ((1 - b) • A + b • B) + b • (A - B) := by module
  have hB : B = ((1 - b) • A + b • B) + (-(1 - b)) • (A - B) := by module
  have eA := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hQ b
  have eB := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hQ (-(1 - b))
  rw [← hA] at eA
  rw [← hB] at eB
  rw [smul_eq_mul, smul_eq_mul, eA, eB]
  linear_combination mul_nonneg (mul_nonneg ha hb) (hpos (A - B)) / 2

/-- The dataset loss is convex in the predictor. -/
theorem convexOn_datasetLoss (X : Matrix n s 𝕜) (Y : Matrix m s 𝕜) :
    ConvexOn 𝕜 Set.univ (datasetLoss X Y) := by
  rw [datasetLoss_eq_quadraticLoss]
  refine convexOn_quadraticLoss (by simp) (fun V => ?_) _ _
  have h := trace_mul_transpose_self_nonneg (V * X)
  rwa [Matrix.transpose_mul, ← Matrix.mul_assoc, Matrix.mul_assoc V] at h

end Order

end DeepLinear
