/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Gradient
public import Mathlib.MeasureTheory.Integral.Bochner.Basic

/-!
# The population loss

The square loss `1/2 E ‖y - A x‖²` for a distribution of `(x, y)` with finite second moments. It is
the quadratic form with `Q = E x xᵀ` and `C = E y xᵀ`; once that is proved the measure is not
touched again. It need not be a probability measure.

## Main definitions

* `DeepLinear.populationLoss μ A`: the loss of the predictor `A`.
* `DeepLinear.inputMoment μ`, `DeepLinear.crossMoment μ`: the moments `E x xᵀ` and `E y xᵀ`.

## Main statements

* `DeepLinear.populationLoss_eq_quadraticLoss`: the population loss is a quadratic form.
* `DeepLinear.hasDerivAt_populationLoss_entry`: Problem 1.1.
* `DeepLinear.hasDerivAt_populationLoss_first`, `DeepLinear.hasDerivAt_populationLoss_second`:
  Problem 1.2.
* `DeepLinear.hasDerivAt_populationLoss_endToEnd_entry`: Problem 1.3.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

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
  rw [innerProduct_apply, Matrix.transpose_single, Matrix.trace_mul_single] at h
  simpa [HasLineDerivAt] using h

/-- **Problem 1.2**, first layer: the derivative in `W₁` is `W₂ᵀ (W₂ W₁ E x xᵀ - E y xᵀ)`. -/
theorem hasDerivAt_populationLoss_first {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq n]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : h) (j : n) :
    HasDerivAt (fun t : ℝ => populationLoss μ (W₂ * (W₁ + t • Matrix.single i j 1)))
      ((W₂ᵀ * (W₂ * W₁ * inputMoment μ - crossMoment μ)) i j) 0 := by
  have hd := hasGateauxDerivAt_populationLoss hμ (W₂ * W₁) (W₂ * Matrix.single i j (1 : ℝ))
  rw [innerProduct_apply, Matrix.transpose_mul, Matrix.transpose_single, Matrix.trace_mul_comm,
    Matrix.mul_assoc, Matrix.trace_mul_comm, Matrix.trace_mul_single] at hd
  simpa only [HasLineDerivAt, Matrix.mul_add, Matrix.mul_smul, MulOpposite.op_one, one_smul] using
    hd

/-- **Problem 1.2**, second layer: the derivative in `W₂` is `(W₂ W₁ E x xᵀ - E y xᵀ) W₁ᵀ`. -/
theorem hasDerivAt_populationLoss_second {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq m]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : m) (j : h) :
    HasDerivAt (fun t : ℝ => populationLoss μ ((W₂ + t • Matrix.single i j 1) * W₁))
      (((W₂ * W₁ * inputMoment μ - crossMoment μ) * W₁ᵀ) i j) 0 := by
  have hd := hasGateauxDerivAt_populationLoss hμ (W₂ * W₁) (Matrix.single i j (1 : ℝ) * W₁)
  rw [innerProduct_apply, Matrix.transpose_mul, Matrix.transpose_single, ← Matrix.mul_assoc,
    Matrix.trace_mul_single] at hd
  simpa only [HasLineDerivAt, Matrix.add_mul, Matrix.smul_mul, MulOpposite.op_one, one_smul] using
    hd

end Population

section DeepPopulation

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}

/-- **Problem 1.3**: the derivative of the population loss in `W_k` is
`W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 E x xᵀ - E y xᵀ) W_1ᵀ ⋯ W_{k-1}ᵀ`, as the matrix of partial
derivatives. -/
theorem hasDerivAt_populationLoss_endToEnd_entry (hμ : HasFiniteSecondMoments μ) (W : Weights ι ℝ)
    (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ =>
        populationLoss μ (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (((tail W k.succ)ᵀ * (endToEnd W * inputMoment μ - crossMoment μ) *
        (head W k.castSucc)ᵀ) i j) 0 :=
  hasDerivAt_entry (hasGateauxDerivAt_populationLoss hμ _) k i j

end DeepPopulation

end DeepLinear
