/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Balanced
public import DeepLinear.ForMathlib.Analysis.ODE.Descent
public import DeepLinear.Frechet
public import DeepLinear.Population

/-!
# The gradient flow exists, and there is only one

From all weights, for any data, there is exactly one gradient flow of the dataset loss for all
times: along it the loss falls at the rate of the squared gradient, so that by the time `t` the
weights have moved by at most `t / 2` and half of the first loss.

A distribution with finite second moments has the gradient of a dataset, by the bridge of Problem 5,
so that the same holds of the population loss.

Weights carry the greatest absolute value of an entry as a norm here.

## Main statements

* `DeepLinear.exists_isDatasetFlow`: there is a gradient flow for all times.
* `DeepLinear.eqOn_of_isDatasetFlow`: there is only one.
* `DeepLinear.norm_sub_le_of_isDatasetFlow`: how far it moves.
* `DeepLinear.exists_populationFlow`: the same for a population loss.
-/

@[expose] public section

open Matrix MeasureTheory Set
open scoped Matrix.Norms.Elementwise

namespace DeepLinear

section Dataset

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

lemma continuous_datasetLoss_endToEnd :
    Continuous fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W) := by
  rw [datasetLoss_eq_quadraticLoss]
  exact (contDiff_quadraticLoss_endToEnd 1 _ _ _).continuous

/-- The direction of steepest descent of the dataset loss. -/
def descentField (W : Weights ι ℝ) : Weights ι ℝ :=
  fun k => -datasetGradient X Y W k

/-- The derivative of the dataset loss in the weights. -/
noncomputable def datasetFDeriv (W : Weights ι ℝ) : Weights ι ℝ →L[ℝ] ℝ :=
  LinearMap.toContinuousLinearMap
    (∑ k, innerProduct (datasetGradient X Y W k) ∘ₗ LinearMap.proj k)

lemma datasetFDeriv_apply (W V : Weights ι ℝ) :
    datasetFDeriv X Y W V = ∑ k, innerProduct (datasetGradient X Y W k) (V k) := by
  simp [datasetFDeriv]

/-- The direction of steepest descent depends smoothly on the weights. -/
lemma contDiff_descentField : ContDiff ℝ 1 (descentField X Y (ι := ι)) := by
  have hL : ContDiff ℝ 2 fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W) := by
    rw [datasetLoss_eq_quadraticLoss]
    exact contDiff_quadraticLoss_endToEnd 2 _ _ _
  have hL' := hL.fderiv_right (m := 1) (by norm_num)
  refine contDiff_pi.2 fun k => contDiff_pi.2 fun i => contDiff_pi.2 fun j => ?_
  have hentry : (fun W : Weights ι ℝ => descentField X Y W k i j) = fun W : Weights ι ℝ =>
      -fderiv ℝ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W
        (Pi.single k (Matrix.single i j (1 : ℝ))) := by
    funext W
    rw [(hasFDerivAt_datasetLoss_endToEnd X Y W).fderiv]
    change _ = -datasetFDeriv X Y W _
    rw [datasetFDeriv_apply, Finset.sum_eq_single k]
    · rw [Pi.single_eq_same, innerProduct_apply, trace_mul_transpose, Finset.sum_eq_single i]
      · rw [Finset.sum_eq_single j]
        · simp [descentField]
        · intro b _ hb
          simp [hb.symm]
        · simp
      · intro a _ ha
        simp [ha.symm]
      · simp
    · intro l _ hl
      rw [Pi.single_eq_of_ne hl, map_zero]
    · simp
  rw [hentry]
  exact (hL'.clm_apply contDiff_const).neg

/-- Along the direction of steepest descent the loss falls at the rate of the squared gradient. -/
lemma datasetFDeriv_descentField (W : Weights ι ℝ) :
    -datasetFDeriv X Y W (descentField X Y W) = ∑ k, sqNorm (datasetGradient X Y W k) := by
  rw [datasetFDeriv_apply, ← Finset.sum_neg_distrib]
  refine Finset.sum_congr rfl fun k _ => ?_
  rw [descentField, map_neg, neg_neg, innerProduct_apply, sqNorm]

lemma norm_descentField_sq_le (W : Weights ι ℝ) :
    ‖descentField X Y W‖ ^ 2 ≤ -datasetFDeriv X Y W (descentField X Y W) := by
  rw [datasetFDeriv_descentField]
  have hnonneg : 0 ≤ ∑ k, sqNorm (datasetGradient X Y W k) :=
    Finset.sum_nonneg fun k _ => sqNorm_nonneg _
  rw [← Real.le_sqrt (norm_nonneg _) hnonneg]
  refine (pi_norm_le_iff_of_nonneg (Real.sqrt_nonneg _)).2 fun k => ?_
  refine (Matrix.norm_le_iff (Real.sqrt_nonneg _)).2 fun i j => ?_
  refine Real.le_sqrt_of_sq_le ?_
  rw [Real.norm_eq_abs, sq_abs, descentField, Matrix.neg_apply, neg_sq]
  calc datasetGradient X Y W k i j ^ 2 ≤ ∑ j, datasetGradient X Y W k i j ^ 2 :=
        Finset.single_le_sum (f := fun j => datasetGradient X Y W k i j ^ 2)
          (fun j _ => sq_nonneg _) (Finset.mem_univ j)
    _ ≤ ∑ i, ∑ j, datasetGradient X Y W k i j ^ 2 :=
        Finset.single_le_sum (f := fun i => ∑ j, datasetGradient X Y W k i j ^ 2)
          (fun i _ => Finset.sum_nonneg fun j _ => sq_nonneg _) (Finset.mem_univ i)
    _ = sqNorm (datasetGradient X Y W k) := by rw [sqNorm, trace_mul_transpose_self]
    _ ≤ ∑ k, sqNorm (datasetGradient X Y W k) :=
        Finset.single_le_sum (f := fun k => sqNorm (datasetGradient X Y W k))
          (fun k _ => sqNorm_nonneg _) (Finset.mem_univ k)

lemma datasetLoss_nonneg {m n : Type*} [Fintype m] [Fintype n] (X : Matrix n s ℝ)
    (Y : Matrix m s ℝ) (A : Matrix m n ℝ) : 0 ≤ datasetLoss X Y A :=
  div_nonneg (trace_mul_transpose_self_nonneg _) zero_le_two

/-- A gradient flow, entry by entry, is a solution of the differential equation for weights. -/
lemma hasDerivWithinAt_weights_iff {W : ℝ → Weights ι ℝ} {S : Set ℝ} {t : ℝ} :
    HasDerivWithinAt W (descentField X Y (W t)) S t ↔ ∀ k i j,
      HasDerivWithinAt (fun t => W t k i j) (-datasetGradient X Y (W t) k i j) S t := by
  refine hasDerivWithinAt_pi.trans (forall_congr' fun k => ?_)
  refine hasDerivWithinAt_pi.trans (forall_congr' fun i => ?_)
  exact hasDerivWithinAt_pi

variable {X Y}

lemma isDatasetFlow_iff {W : ℝ → Weights ι ℝ} {T : ℝ} : IsDatasetFlow X Y T W ↔
    ∀ t ∈ Ico 0 T, HasDerivWithinAt W (descentField X Y (W t)) (Ico 0 T) t :=
  forall₂_congr fun _ _ => (hasDerivWithinAt_weights_iff X Y).symm

variable (X Y)

/-- **The gradient flow exists**: from all weights, for any data, there is a gradient flow of the
dataset loss for all times. -/
theorem exists_isDatasetFlow (W₀ : Weights ι ℝ) :
    ∃ W : ℝ → Weights ι ℝ, W 0 = W₀ ∧ ∀ T, IsDatasetFlow X Y T W := by
  obtain ⟨W, h0, hW⟩ := exists_flow_of_descent (contDiff_descentField X Y)
    (hasFDerivAt_datasetLoss_endToEnd X Y) (norm_descentField_sq_le X Y)
    (fun W => datasetLoss_nonneg X Y (endToEnd W)) W₀
  exact ⟨W, h0, fun T => isDatasetFlow_iff.2 fun t ht => (hW t ht.1).mono fun u hu => hu.1⟩

variable {X Y}

lemma hasDerivWithinAt_Icc {W : ℝ → Weights ι ℝ} {T t : ℝ} (hW : IsDatasetFlow X Y T W)
    (ht : t < T) : ∀ u ∈ Icc 0 t, HasDerivWithinAt W (descentField X Y (W u)) (Icc 0 t) u :=
  fun u hu => (isDatasetFlow_iff.1 hW u ⟨hu.1, hu.2.trans_lt ht⟩).mono
    fun _ hy => ⟨hy.1, hy.2.trans_lt ht⟩

/-- **There is only one gradient flow** from given weights. -/
theorem eqOn_of_isDatasetFlow {T : ℝ} {W W' : ℝ → Weights ι ℝ} (hW : IsDatasetFlow X Y T W)
    (hW' : IsDatasetFlow X Y T W') (h0 : W 0 = W' 0) : EqOn W W' (Ico 0 T) := fun _ ht =>
  eqOn_of_hasDerivWithinAt (contDiff_descentField X Y) (hasDerivWithinAt_Icc hW ht.2)
    (hasDerivWithinAt_Icc hW' ht.2) h0 (right_mem_Icc.2 ht.1)

/-- Between the times `a` and `b` no entry of the weights moves by more than
`δ (b - a) / 2 + (L(a) - L(b)) / (2 δ)`, for every `δ > 0`. -/
theorem norm_sub_le_of_isDatasetFlow {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow X Y T W)
    {a b : ℝ} (ha : 0 ≤ a) (hab : a ≤ b) (hb : b < T) {δ : ℝ} (hδ : 0 < δ) :
    ‖W b - W a‖ ≤ δ * (b - a) / 2 +
      (datasetLoss X Y (endToEnd (W a)) - datasetLoss X Y (endToEnd (W b))) / (2 * δ) :=
  norm_sub_le_of_descent (hasFDerivAt_datasetLoss_endToEnd X Y) (norm_descentField_sq_le X Y)
    (fun u hu => (hasDerivWithinAt_Icc hW hb u ⟨ha.trans hu.1, hu.2⟩).mono
      (Icc_subset_Icc_left ha)) hab hδ

end Dataset

section Population

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

end Population

end DeepLinear
