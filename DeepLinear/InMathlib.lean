/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.PopulationLoss
import Mathlib.Analysis.InnerProductSpace.PiL2
import Mathlib.Analysis.Matrix.Normed

/-!
# The losses in Mathlib's norms

The losses are written with sums, so that they need no norm. They are half the squared distances in
Mathlib's own norms. (For the derivative see `DeepLinear.isCritical_iff_fderiv_eq_zero`.)

## Main statements

* `DeepLinear.datasetLoss_eq_frobenius`: the dataset loss, in the Frobenius norm.
* `DeepLinear.populationLoss_eq_euclidean`: the population loss, in the Euclidean norm.
-/

open Matrix MeasureTheory

namespace DeepLinear

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

/-- The population loss is `1/2 E ‖y - A x‖²` in Mathlib's Euclidean norm. -/
theorem populationLoss_eq_euclidean {m n : Type*} [Fintype m] [Fintype n]
    (μ : Measure ((n → ℝ) × (m → ℝ))) (A : Matrix m n ℝ) :
    populationLoss μ A = (∫ z, ‖WithLp.toLp 2 (z.2 - A *ᵥ z.1)‖ ^ 2 ∂μ) / 2 := by
  simp [populationLoss, EuclideanSpace.real_norm_sq_eq]

end DeepLinear
