/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Main
public import DeepLinear.Loss
public import Mathlib.MeasureTheory.Integral.Bochner.Basic

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

## Main definitions

* `DeepLinear.populationLoss μ A`: the loss of the predictor `A`.
* `DeepLinear.inputMoment μ`, `DeepLinear.crossMoment μ`: the moments `E x xᵀ` and `E y xᵀ`.

## Main statements

* `DeepLinear.populationLoss_eq_quadraticLoss`: the population loss is a quadratic form.
* `DeepLinear.hasDerivAt_populationLoss_entry`: Problem 1.1.
* `DeepLinear.hasDerivAt_populationLoss_first`, `DeepLinear.hasDerivAt_populationLoss_second`:
  Problem 1.2.
* `DeepLinear.hasDerivAt_populationLoss_endToEnd_entry`: Problem 1.3.
* `DeepLinear.exists_datasetLoss_eq_populationLoss`: the bridge.
* `DeepLinear.populationLoss_sum_dirac`: a dataset as a distribution.
* `DeepLinear.isLocalMinOn_of_isLocalMin_populationLoss`: Theorem 2.1.
* `DeepLinear.isMinOn_populationLoss_of_isLocalMinOn`: Theorem 2.2.
* `DeepLinear.isMinOn_of_isLocalMin_populationLoss`: Theorem 2.3, the answer to Problem 5.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

/-! ### The population loss

The square loss `1/2 E ‖y - A x‖²` for a distribution of `(x, y)` with finite second moments. It is
the quadratic form with `Q = E x xᵀ` and `C = E y xᵀ`; once that is proved the measure is not
touched again. It need not be a probability measure. -/

section Population

variable {m n : Type*} [Fintype m] [Fintype n]

/-- `1/2 E ‖y - A x‖²` for `(x, y)` distributed as `μ`. -/
noncomputable def populationLoss (μ : Measure ((n → ℝ) × (m → ℝ))) (A : Matrix m n ℝ) : ℝ :=
  (∫ z, ∑ i, (z.2 i - (A *ᵥ z.1) i) ^ 2 ∂μ) / 2

/-- `E x xᵀ`. -/
noncomputable def inputMoment (μ : Measure ((n → ℝ) × (m → ℝ))) : Matrix n n ℝ :=
  Matrix.of fun i j => ∫ z, z.1 i * z.1 j ∂μ

/-- `E y xᵀ`. -/
noncomputable def crossMoment (μ : Measure ((n → ℝ) × (m → ℝ))) : Matrix m n ℝ :=
  Matrix.of fun i j => ∫ z, z.2 i * z.1 j ∂μ

/-- Every coordinate of `x` and of `y` is square integrable. -/
def HasFiniteSecondMoments (μ : Measure ((n → ℝ) × (m → ℝ))) : Prop :=
  (∀ i, MemLp (fun z : (n → ℝ) × (m → ℝ) => z.1 i) 2 μ) ∧
    ∀ j, MemLp (fun z : (n → ℝ) × (m → ℝ) => z.2 j) 2 μ

variable {μ : Measure ((n → ℝ) × (m → ℝ))}

omit [Fintype m] [Fintype n] in
lemma transpose_inputMoment : (inputMoment μ)ᵀ = inputMoment μ := by
  ext i j
  simp only [inputMoment, Matrix.transpose_apply, Matrix.of_apply, mul_comm]

omit [Fintype m] in
/-- The form of `E x xᵀ` is never negative: it is `E (v ⬝ x)²`. -/
lemma dotProduct_inputMoment_nonneg (hμ : HasFiniteSecondMoments μ) (v : n → ℝ) :
    0 ≤ v ⬝ᵥ inputMoment μ *ᵥ v := by
  have hxx : ∀ j k, Integrable (fun z : (n → ℝ) × (m → ℝ) => z.1 j * z.1 k) μ := fun j k =>
    (hμ.1 j).integrable_mul (hμ.1 k)
  have h : v ⬝ᵥ inputMoment μ *ᵥ v = ∫ z, (v ⬝ᵥ z.1) * (v ⬝ᵥ z.1) ∂μ := by
    have hexpand : ∀ z : (n → ℝ) × (m → ℝ), (v ⬝ᵥ z.1) * (v ⬝ᵥ z.1) =
        ∑ j, ∑ k, v j * v k * (z.1 j * z.1 k) := by
      intro z
      simp only [dotProduct, Finset.sum_mul_sum]
      exact Finset.sum_congr rfl fun j _ => Finset.sum_congr rfl fun k _ => by ring
    simp only [hexpand]
    rw [integral_finsetSum _ fun j _ => integrable_finsetSum _ fun k _ => (hxx j k).const_mul _]
    simp only [dotProduct, Matrix.mulVec, Finset.mul_sum]
    refine Finset.sum_congr rfl fun j _ => ?_
    rw [integral_finsetSum _ fun k _ => (hxx j k).const_mul _]
    refine Finset.sum_congr rfl fun k _ => ?_
    rw [integral_const_mul, inputMoment, Matrix.of_apply]
    ring
  rw [h]
  exact integral_nonneg fun z => mul_self_nonneg _

/-- The population loss is the quadratic form of the second moments. -/
theorem populationLoss_eq_quadraticLoss (hμ : HasFiniteSecondMoments μ) :
    populationLoss μ =
      quadraticLoss (inputMoment μ) (crossMoment μ) ((∫ z, ∑ j, z.2 j ^ 2 ∂μ) / 2) := by
  have hxx : ∀ j k, Integrable (fun z : (n → ℝ) × (m → ℝ) => z.1 j * z.1 k) μ := fun j k =>
    (hμ.1 j).integrable_mul (hμ.1 k)
  have hyx : ∀ i j, Integrable (fun z : (n → ℝ) × (m → ℝ) => z.2 i * z.1 j) μ := fun i j =>
    (hμ.2 i).integrable_mul (hμ.1 j)
  have hyy : ∀ i, Integrable (fun z : (n → ℝ) × (m → ℝ) => z.2 i ^ 2) μ := fun i => by
    simp only [sq]
    exact (hμ.2 i).integrable_mul (hμ.2 i)
  ext A
  -- the square of one residual, expanded
  have hsq : ∀ (i : m) (z : (n → ℝ) × (m → ℝ)), (z.2 i - (A *ᵥ z.1) i) ^ 2 =
      z.2 i ^ 2 - 2 * ∑ j, A i j * (z.2 i * z.1 j) +
        ∑ j, ∑ k, A i j * A i k * (z.1 j * z.1 k) := by
    intro i z
    have h1 : ∑ j, A i j * (z.2 i * z.1 j) = z.2 i * (A *ᵥ z.1) i := by
      simp only [Matrix.mulVec, dotProduct, Finset.mul_sum]
      exact Finset.sum_congr rfl fun j _ => by ring
    have h2 : ∑ j, ∑ k, A i j * A i k * (z.1 j * z.1 k) = (A *ᵥ z.1) i * (A *ᵥ z.1) i := by
      simp only [Matrix.mulVec, dotProduct, Finset.sum_mul_sum]
      exact Finset.sum_congr rfl fun j _ => Finset.sum_congr rfl fun k _ => by ring
    rw [h1, h2]
    ring
  have hI1 : ∀ i, Integrable (fun z : (n → ℝ) × (m → ℝ) =>
      2 * ∑ j, A i j * (z.2 i * z.1 j)) μ := fun i =>
    (integrable_finsetSum _ fun j _ => (hyx i j).const_mul _).const_mul _
  have hI2 : ∀ i, Integrable (fun z : (n → ℝ) × (m → ℝ) =>
      ∑ j, ∑ k, A i j * A i k * (z.1 j * z.1 k)) μ := fun i =>
    integrable_finsetSum _ fun j _ => integrable_finsetSum _ fun k _ => (hxx j k).const_mul _
  have hI12 : ∀ i, Integrable (fun z : (n → ℝ) × (m → ℝ) =>
      z.2 i ^ 2 - 2 * ∑ j, A i j * (z.2 i * z.1 j)) μ := fun i => (hyy i).sub (hI1 i)
  have hint : ∀ i, ∫ z, (z.2 i - (A *ᵥ z.1) i) ^ 2 ∂μ = ∫ z, z.2 i ^ 2 ∂μ -
      2 * ∑ j, A i j * crossMoment μ i j + ∑ j, ∑ k, A i j * A i k * inputMoment μ j k := by
    intro i
    simp only [hsq]
    rw [integral_add (hI12 i) (hI2 i), integral_sub (hyy i) (hI1 i),
      integral_const_mul,
      integral_finsetSum _ fun j _ => (hyx i j).const_mul _,
      integral_finsetSum _ fun j _ => integrable_finsetSum _ fun k _ => (hxx j k).const_mul _]
    congr 1
    · simp only [integral_const_mul, crossMoment, Matrix.of_apply]
    · refine Finset.sum_congr rfl fun j _ => ?_
      rw [integral_finsetSum _ fun k _ => (hxx j k).const_mul _]
      simp only [integral_const_mul, inputMoment, Matrix.of_apply]
  have hI : ∀ i, Integrable (fun z : (n → ℝ) × (m → ℝ) => (z.2 i - (A *ᵥ z.1) i) ^ 2) μ := by
    intro i
    simp only [hsq]
    exact (hI12 i).add (hI2 i)
  have hC : (A * (crossMoment μ)ᵀ).trace = ∑ i, ∑ j, A i j * crossMoment μ i j := by
    simp only [Matrix.trace, Matrix.diag_apply, Matrix.mul_apply, Matrix.transpose_apply]
  have hQ : (A * inputMoment μ * Aᵀ).trace = ∑ i, ∑ j, ∑ k, A i j * A i k * inputMoment μ j k := by
    simp only [Matrix.trace, Matrix.diag_apply, Matrix.mul_apply, Matrix.transpose_apply,
      Finset.sum_mul]
    refine Finset.sum_congr rfl fun i _ => ?_
    rw [Finset.sum_comm]
    exact Finset.sum_congr rfl fun j _ => Finset.sum_congr rfl fun k _ => by ring
  rw [populationLoss, quadraticLoss, integral_finsetSum _ fun i _ => hI i,
    integral_finsetSum _ fun i _ => hyy i, hC, hQ]
  simp only [hint, Finset.sum_add_distrib, Finset.sum_sub_distrib, ← Finset.mul_sum]
  ring

/-- The gradient of the population loss at the predictor `A` is `A E x xᵀ - E y xᵀ`. -/
theorem hasGateauxDerivAt_populationLoss (hμ : HasFiniteSecondMoments μ) (A : Matrix m n ℝ) :
    HasGateauxDerivAt (populationLoss μ)
      (innerProduct (A * inputMoment μ - crossMoment μ)) A := by
  rw [populationLoss_eq_quadraticLoss hμ]
  exact hasGateauxDerivAt_quadraticLoss transpose_inputMoment _ _ A

/-- **Problem 1.1**: the derivative of the population loss in `W` is `W E x xᵀ - E y xᵀ`, as the
matrix of partial derivatives. All that is asked is that `x` and `y` are square integrable. -/
theorem hasDerivAt_populationLoss_entry [DecidableEq m] [DecidableEq n]
    (hμ : HasFiniteSecondMoments μ) (A : Matrix m n ℝ) (i : m) (j : n) :
    HasDerivAt (fun t : ℝ => populationLoss μ (A + t • Matrix.single i j 1))
      ((A * inputMoment μ - crossMoment μ) i j) 0 := by
  have h := hasGateauxDerivAt_populationLoss hμ A (Matrix.single i j 1)
  rw [innerProduct_apply, trace_mul_transpose_single] at h
  simpa [HasLineDerivAt] using h

/-- **Problem 1.2**, first layer: the derivative in `W₁` is `W₂ᵀ (W₂ W₁ E x xᵀ - E y xᵀ)`. -/
theorem hasDerivAt_populationLoss_first {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq n]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : h) (j : n) :
    HasDerivAt (fun t : ℝ => populationLoss μ (W₂ * (W₁ + t • Matrix.single i j 1)))
      ((W₂ᵀ * (W₂ * W₁ * inputMoment μ - crossMoment μ)) i j) 0 := by
  have hd := hasGateauxDerivAt_populationLoss hμ (W₂ * W₁) (W₂ * Matrix.single i j (1 : ℝ))
  rw [innerProduct_apply, Matrix.transpose_mul, Matrix.trace_mul_comm, Matrix.mul_assoc,
    Matrix.trace_mul_comm, trace_mul_transpose_single] at hd
  simpa only [HasLineDerivAt, Matrix.mul_add, Matrix.mul_smul] using hd

/-- **Problem 1.2**, second layer: the derivative in `W₂` is `(W₂ W₁ E x xᵀ - E y xᵀ) W₁ᵀ`. -/
theorem hasDerivAt_populationLoss_second {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq m]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : m) (j : h) :
    HasDerivAt (fun t : ℝ => populationLoss μ ((W₂ + t • Matrix.single i j 1) * W₁))
      (((W₂ * W₁ * inputMoment μ - crossMoment μ) * W₁ᵀ) i j) 0 := by
  have hd := hasGateauxDerivAt_populationLoss hμ (W₂ * W₁) (Matrix.single i j (1 : ℝ) * W₁)
  rw [innerProduct_apply, Matrix.transpose_mul, ← Matrix.mul_assoc,
    trace_mul_transpose_single] at hd
  simpa only [HasLineDerivAt, Matrix.add_mul, Matrix.smul_mul] using hd

end Population

section DeepPopulation

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}

/-- **Problem 1.3**: the derivative of the population loss in `W_k` is
`W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 E x xᵀ - E y xᵀ) W_1ᵀ ⋯ W_{k-1}ᵀ`, as the matrix of partial
derivatives. -/
theorem hasDerivAt_populationLoss_endToEnd_entry (W : Weights ι ℝ) (hμ : HasFiniteSecondMoments μ)
    (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ =>
        populationLoss μ (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (((tail W k.succ)ᵀ * (endToEnd W * inputMoment μ - crossMoment μ) *
        (head W k.castSucc)ᵀ) i j) 0 :=
  hasDerivAt_entry (hasGateauxDerivAt_populationLoss hμ _) k i j

end DeepPopulation

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
  linarith only [h]

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
    refine isMinOn_of_isLocalMin_of_any_data W X Y ?_
    filter_upwards [hW] with W' hW'
    simpa only [hloss, add_le_add_iff_right] using hW'
  intro W' hW'
  have hle : datasetLoss X Y (endToEnd W) ≤ datasetLoss X Y (endToEnd W') := hmin hW'
  simpa only [Set.mem_setOf_eq, hloss, add_le_add_iff_right] using hle

end Deep

end DeepLinear
