/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Landscape.Main
import DeepLinear.Landscape.SecondOrder
import DeepLinear.Population

/-!
# Corollaries of the classification

The classification of critical points for a distribution instead of a dataset, and for critical
points of the rank of the bottleneck width (Yun, Sra and Jadbabaie).

## Main statements

* `DeepLinear.not_isStrictSaddle_populationLoss_iff`: the population form.
* `DeepLinear.isMinOn_or_isStrictSaddle_of_rank_eq`: critical points of rank `p`.

## References

* C. Yun, S. Sra, A. Jadbabaie, *Global optimality conditions for deep neural networks*,
  arXiv:1707.02444.
-/

open Matrix MeasureTheory

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W : Weights ι ℝ}

lemma isCritical_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsCritical (fun A => l A + c) W ↔ IsCritical l W := by
  simp only [IsCritical, HasLineDerivAt, hasDerivAt_add_const_iff]

lemma isStrictSaddle_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsStrictSaddle (fun A => l A + c) W ↔ IsStrictSaddle l W := by
  have hderiv : ∀ f : ℝ → ℝ, (deriv fun t => f t + c) = deriv f := fun f => by
    funext t
    exact deriv_add_const c
  simp only [IsStrictSaddle, isCritical_add_const,
    hderiv fun t : ℝ => l (endToEnd (W + t • _))]

/-- **Second order, for a distribution**: with finite second moments and `E x xᵀ` positive definite,
a critical point of the population loss has no negative curvature if and only if its end-to-end
matrix is minimal among the matrices of no larger rank and all pairs of layers are tight. -/
@[assignment "SO"]
theorem not_isStrictSaddle_populationLoss_iff
    {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (hH : 1 ≤ H)
    (hμ : HasFiniteSecondMoments μ) (hpos : (inputMoment μ).PosDef)
    (hW : IsCritical (populationLoss μ) W) :
    ¬ IsStrictSaddle (populationLoss μ) W ↔
      IsMinOn (populationLoss μ) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) ∧
        IsTight W (endToEnd W * inputMoment μ - crossMoment μ) := by
  obtain ⟨X, Y, c, hX, hY, hloss⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hfun : populationLoss μ = fun A => datasetLoss X Y A + c := funext hloss
  have hG : (endToEnd W * X - Y) * Xᵀ = endToEnd W * inputMoment μ - crossMoment μ := by
    rw [Matrix.sub_mul, Matrix.mul_assoc, hX, hY]
  rw [hfun] at hW ⊢
  rw [isCritical_add_const] at hW
  rw [isStrictSaddle_add_const, not_isStrictSaddle_iff hH (hX.symm ▸ hpos) hW, hG]
  refine and_congr_left fun _ => ?_
  simp only [isMinOn_iff, add_le_add_iff_right]

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Yun, Sra and Jadbabaie**, for any widths: a critical point whose end-to-end matrix has the
rank of the bottleneck width is a global minimum or a strict saddle. -/
@[assignment "SO"]
theorem isMinOn_or_isStrictSaddle_of_rank_eq (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical (datasetLoss X Y) W) (hR : (endToEnd W).rank = bottleneck ι) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∨
      IsStrictSaddle (datasetLoss X Y) W := by
  rw [or_iff_not_imp_right]
  intro hs
  have hmin := ((not_isStrictSaddle_iff hH hX hW).1 hs).1
  rw [hR] at hmin
  exact (isMinOn_univ_iff_isMinOn_rank_le hH _ W).2 hmin

end DeepLinear
