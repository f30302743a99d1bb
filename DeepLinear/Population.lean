/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Main
public import DeepLinear.PopulationLoss

/-!
# Problem 5: an arbitrary distribution instead of a dataset

Lu and Kawaguchi's results are stated for a finite dataset. The assignment asks whether they
generalize to a distribution with correlation matrices `E x xᵀ` and `E y xᵀ`, and where there could
be problems. They do, for every measure with finite second moments:

* The new setting does not affect the step from the deep problem to the shallow one (Theorem 2.1,
  `isLocalMinOn_of_isLocalMin_populationLoss`). It speaks of any convex differentiable loss of the
  end-to-end matrix, and the population loss is one. Nothing is asked of the moments.
* The step for the shallow problem (Theorem 2.2) uses of the loss only that it is a quadratic form.
  `X Xᵀ` becomes `E x xᵀ`, and `Y Xᵀ` becomes `E y xᵀ`. In the proof `X` becomes any `Z` with
  `Z Zᵀ = E x xᵀ`, and `Y` becomes `E y xᵀ Z⁻ᵀ`.
* Hence Theorem 2.3 generalizes. `E y xᵀ` need not have full rank, and nor need `E x xᵀ`: where
  `E x xᵀ v = 0` also `E y xᵀ v = 0`, so `E y xᵀ` is `Y Zᵀ` for some `Y`.

In other words a population problem *is* a dataset problem, up to a constant. That is the bridge,
`exists_datasetLoss_eq_populationLoss`. In the other direction each dataset problem is a population
problem, for the sum of the Dirac measures at the columns.

## Main statements

* `DeepLinear.exists_datasetLoss_eq_populationLoss`: the bridge.
* `DeepLinear.populationLoss_sum_dirac`: a dataset as a distribution.
* `DeepLinear.isLocalMinOn_of_isLocalMin_populationLoss`: Theorem 2.1.
* `DeepLinear.isMinOn_populationLoss_of_isLocalMinOn`: Theorem 2.2.
* `DeepLinear.isMinOn_of_isLocalMin_populationLoss`: Theorem 2.3, the answer to Problem 5.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

section Shallow

variable {m n : Type*} [Fintype m] [Fintype n] {μ : Measure ((n → ℝ) × (m → ℝ))}

omit [Fintype m] in
/-- Where `E x xᵀ` vanishes, `E y xᵀ` does: otherwise the loss would not be bounded below. -/
lemma crossMoment_mulVec_eq_zero [Finite m] (hμ : HasFiniteSecondMoments μ) {v : n → ℝ}
    (hv : inputMoment μ *ᵥ v = 0) : crossMoment μ *ᵥ v = 0 := by
  have := Fintype.ofFinite m
  set w := crossMoment μ *ᵥ v with hw
  -- the loss of the predictor `t w vᵀ` is affine in `t`, with the slope `-‖w‖²`
  have hloss : ∀ t : ℝ, populationLoss μ (t • vecMulVec w v) =
      (∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2 - t * (w ⬝ᵥ w) := by
    intro t
    have h := quadraticLoss_add_smul (crossMoment μ) ((∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2) 0
      (vecMulVec w v) (transpose_inputMoment (μ := μ)) t
    have h1 : (vecMulVec w v * inputMoment μ * (vecMulVec w v)ᵀ).trace = 0 := by
      have h0 : vecMulVec w v * inputMoment μ = 0 := by
        rw [vecMulVec_mul, ← Matrix.mulVec_transpose, transpose_inputMoment, hv]
        ext
        simp [vecMulVec_apply]
      rw [h0, Matrix.zero_mul, Matrix.trace_zero]
    have h2 : (crossMoment μ * (vecMulVec w v)ᵀ).trace = w ⬝ᵥ w := by
      rw [transpose_vecMulVec, mul_vecMulVec, Matrix.trace_vecMulVec, ← hw]
    have h3 : quadraticLoss (inputMoment μ) (crossMoment μ)
        ((∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2) 0 = (∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2 := by
      simp [quadraticLoss]
    rw [populationLoss_eq_quadraticLoss hμ]
    rw [zero_add, Matrix.zero_mul, zero_sub, Matrix.neg_mul, Matrix.trace_neg, h1, h2, h3] at h
    rw [h]
    ring
  have hnonneg : ∀ A : Matrix m n ℝ, 0 ≤ populationLoss μ A := fun A =>
    div_nonneg (integral_nonneg fun z => Finset.sum_nonneg fun i _ => sq_nonneg _) zero_le_two
  by_contra hne
  have hpos : 0 < w ⬝ᵥ w :=
    (Finset.sum_nonneg fun i _ => mul_self_nonneg (w i)).lt_of_ne fun h =>
      hne (dotProduct_self_eq_zero.1 h.symm)
  have h := hnonneg ((((∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2 + 1) / (w ⬝ᵥ w)) • vecMulVec w v)
  rw [hloss, div_mul_cancel₀ _ hpos.ne'] at h
  linarith

/-- **The bridge**: a population problem is a dataset problem, up to a constant, for every
distribution with finite second moments. -/
theorem exists_datasetLoss_eq_populationLoss (hμ : HasFiniteSecondMoments μ) :
    ∃ (X : Matrix n n ℝ) (Y : Matrix m n ℝ) (c : ℝ), X * Xᵀ = inputMoment μ ∧
      Y * Xᵀ = crossMoment μ ∧ ∀ A, populationLoss μ A = datasetLoss X Y A + c := by
  obtain ⟨X, Y, hX, hY⟩ := Matrix.exists_mul_transpose_eq_and transpose_inputMoment
    (dotProduct_inputMoment_nonneg hμ) (crossMoment μ) fun v hv => crossMoment_mulVec_eq_zero hμ hv
  refine ⟨X, Y, (∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2 - (Y * Yᵀ).trace / 2, hX, hY, fun A => ?_⟩
  rw [populationLoss_eq_quadraticLoss hμ, datasetLoss_eq_quadraticLoss, hX, hY]
  simp only [quadraticLoss]
  ring

/-- In the other direction, a dataset problem is the population problem of the sum of the Dirac
measures at its columns. -/
theorem populationLoss_sum_dirac {s : Type*} [Fintype s] (X : Matrix n s ℝ) (Y : Matrix m s ℝ) :
    populationLoss (∑ a, Measure.dirac (fun j => X j a, fun i => Y i a)) = datasetLoss X Y := by
  ext A
  have hint : ∀ a, Integrable (fun z : (n → ℝ) × (m → ℝ) => ∑ i, (z.2 i - (A *ᵥ z.1) i) ^ 2)
      (Measure.dirac (fun j => X j a, fun i => Y i a)) := fun a =>
    integrable_dirac (by simp)
  rw [populationLoss, datasetLoss_eq_sum_sq, integral_finsetSum_measure fun a _ => hint a,
    Finset.sum_comm]
  simp only [integral_dirac]
  rfl

/-- The population loss is convex in the predictor. -/
theorem convexOn_populationLoss (hμ : HasFiniteSecondMoments μ) :
    ConvexOn ℝ Set.univ (populationLoss μ) := by
  rw [populationLoss_eq_quadraticLoss hμ]
  refine convexOn_quadraticLoss transpose_inputMoment (fun V => ?_) _ _
  have h := trace_transpose_mul_mul_nonneg (dotProduct_inputMoment_nonneg hμ) Vᵀ
  rwa [Matrix.transpose_transpose] at h

/-- **Problem 5**, Theorem 2.2: the shallow population problem with a bound on the rank has no bad
local minima. -/
theorem isMinOn_populationLoss_of_isLocalMinOn (hμ : HasFiniteSecondMoments μ) {p : ℕ}
    {R : Matrix m n ℝ} (hR : R.rank ≤ p) (h : IsLocalMinOn (populationLoss μ) {A | A.rank ≤ p} R) :
    IsMinOn (populationLoss μ) {A | A.rank ≤ p} R := by
  obtain ⟨X, Y, c, -, -, hloss⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hmin : IsMinOn (datasetLoss X Y) {A | A.rank ≤ p} R := by
    refine isMinOn_datasetLoss_of_isLocalMinOn X Y hR ?_
    filter_upwards [h] with A hA
    simpa only [hloss, add_le_add_iff_right] using hA
  intro A hA
  have hle : datasetLoss X Y R ≤ datasetLoss X Y A := hmin hA
  simpa only [Set.mem_setOf_eq, hloss, add_le_add_iff_right] using hle

end Shallow

section Deep

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (W : Weights ι ℝ)

/-- **Problem 5**, Theorem 2.1: for every distribution with finite second moments, the end-to-end
matrix of a local minimum of the deep population problem is a local minimum of the shallow one. -/
theorem isLocalMinOn_of_isLocalMin_populationLoss (hH : 1 ≤ H) (hμ : HasFiniteSecondMoments μ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) W) :
    IsLocalMinOn (populationLoss μ) {A | A.rank ≤ bottleneck ι} (endToEnd W) :=
  isLocalMinOn_of_isLocalMin hH (convexOn_populationLoss hμ)
    (hasGateauxDerivAt_populationLoss hμ _) hW

/-- **Problem 5**: every local minimum of the population loss of a deep linear network is a global
minimum, for every distribution with finite second moments. The correlation matrices need not have
full rank. -/
theorem isMinOn_of_isLocalMin_populationLoss (hμ : HasFiniteSecondMoments μ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) Set.univ W := by
  obtain ⟨X, Y, c, -, -, hloss⟩ := exists_datasetLoss_eq_populationLoss hμ
  have hmin : IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
    refine isMinOn_of_isLocalMin_of_any_data X Y W ?_
    filter_upwards [hW] with W' hW'
    simpa only [hloss, add_le_add_iff_right] using hW'
  intro W' hW'
  have hle : datasetLoss X Y (endToEnd W) ≤ datasetLoss X Y (endToEnd W') := hmin hW'
  simpa only [Set.mem_setOf_eq, hloss, add_le_add_iff_right] using hle

end Deep

end DeepLinear
