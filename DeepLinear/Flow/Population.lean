/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Existence
public import DeepLinear.Population

/-!
# The gradient flow of a population loss

A distribution with finite second moments has the gradient of a dataset, by the bridge.

## Main statements

* `DeepLinear.exists_populationFlow`: the gradient flow of the population loss exists for all times.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **The gradient flow of a population loss exists**, and there is only one: from all weights, for
a distribution with finite second moments. -/
theorem exists_populationFlow {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}
    (hμ : HasFiniteSecondMoments μ) (W₀ : Weights ι ℝ) :
    ∃ W : ℝ → Weights ι ℝ, (W 0 = W₀ ∧ ∀ T, IsGradientFlow
      (fun t => endToEnd (W t) * inputMoment μ - crossMoment μ) T W) ∧
      ∀ (T : ℝ) (W' : ℝ → Weights ι ℝ), W' 0 = W₀ → IsGradientFlow
        (fun t => endToEnd (W' t) * inputMoment μ - crossMoment μ) T W' →
          Set.EqOn W W' (Set.Ico 0 T) := by
  obtain ⟨X, Y, -, hX, hY, -⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hfield : ∀ (W : ℝ → Weights ι ℝ) (T : ℝ), IsDatasetFlow X Y T W ↔ IsGradientFlow
      (fun t => endToEnd (W t) * inputMoment μ - crossMoment μ) T W := fun W T => by
    have h : (fun t => (endToEnd (W t) * X - Y) * Xᵀ) =
        fun t => endToEnd (W t) * inputMoment μ - crossMoment μ := by
      funext t
      rw [Matrix.sub_mul, Matrix.mul_assoc, hX, hY]
    rw [IsDatasetFlow, h]
  obtain ⟨W, h0, hW⟩ := exists_isDatasetFlow X Y W₀
  exact ⟨W, ⟨h0, fun T => (hfield W T).1 (hW T)⟩, fun T W' h0' hW' =>
    eqOn_of_isDatasetFlow (hW T) ((hfield W' T).2 hW') (h0.trans h0'.symm)⟩

end DeepLinear
