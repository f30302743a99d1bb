/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.Normed
public import DeepLinear.Hessian
public import DeepLinear.Population
public import Mathlib.Analysis.Calculus.ContDiff.Operations
public import Mathlib.Analysis.Calculus.FDeriv.Pi
public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# In Mathlib's notions

The losses are written with sums, so that they need no norm. They are half the squared distances in
Mathlib's own norms, and their derivatives are Fréchet derivatives.

## Main statements

* `DeepLinear.isCritical_iff_fderiv_eq_zero`: critical points.
* `DeepLinear.datasetLoss_eq_frobenius`: the dataset loss, in the Frobenius norm.
* `DeepLinear.populationLoss_eq_euclidean`: the population loss, in the Euclidean norm.
* `DeepLinear.hasFDerivAt_populationLoss`: Problem 1.1.
* `DeepLinear.hasFDerivAt_datasetLoss_endToEnd`: Problem 1.4.
* `DeepLinear.hasFDerivAt_populationLoss_endToEnd`: Problem 1.3, and with two layers Problem 1.2.
* `DeepLinear.hasFDerivAt_fderiv_zero`: Problem 3.3, the second derivative at the origin is zero.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

section Frobenius

open scoped Matrix.Norms.Frobenius

/-- The dataset loss is `1/2 ‖Y - A X‖²` in Mathlib's Frobenius norm. -/
theorem datasetLoss_eq_frobenius {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]
    (X : Matrix n s ℝ) (Y : Matrix m s ℝ) (A : Matrix m n ℝ) :
    datasetLoss X Y A = ‖Y - A * X‖ ^ 2 / 2 := by
  rw [datasetLoss, ← sqNorm_eq_norm_sq, sqNorm]

end Frobenius

/-- The population loss is `1/2 E ‖y - A x‖²` in Mathlib's Euclidean norm. -/
theorem populationLoss_eq_euclidean {m n : Type*} [Fintype m] [Fintype n]
    (μ : Measure ((n → ℝ) × (m → ℝ))) (A : Matrix m n ℝ) :
    populationLoss μ A = (∫ z, ‖WithLp.toLp 2 (z.2 - A *ᵥ z.1)‖ ^ 2 ∂μ) / 2 := by
  simp [populationLoss, EuclideanSpace.real_norm_sq_eq]

/-! ### Problems 1 and 3.3 with Fréchet derivatives

The losses are differentiable on the space of all weights, and their Fréchet derivative is the sum,
over the layers, of the inner product with the gradient in that layer. Matrices carry the greatest
absolute value of an entry as a norm here; on a space of finite dimension every norm gives the same
derivative. -/

open scoped Matrix.Norms.Elementwise

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- Each entry of the head is smooth in the weights: it is a polynomial. -/
lemma contDiff_head_apply (n : WithTop ℕ∞) (k : Fin (H + 1)) (i : ι k) (j : ι 0) :
    ContDiff ℝ n fun W : Weights ι ℝ => head W k i j := by
  induction k using Fin.induction with
  | zero => exact contDiff_const
  | succ k ih =>
    have hW : ∀ a, ContDiff ℝ n fun W : Weights ι ℝ => W k i a := fun a =>
      contDiff_pi.1 (contDiff_pi.1 (contDiff_pi.1 contDiff_id k) i) a
    simp only [head_succ, Matrix.mul_apply]
    exact ContDiff.sum fun a _ => (hW a).mul (ih a)

/-- A quadratic loss is smooth in the weights: it is a polynomial. -/
lemma contDiff_quadraticLoss_endToEnd (n : WithTop ℕ∞) (Q : Matrix (ι 0) (ι 0) ℝ)
    (C : Matrix (ι (Fin.last H)) (ι 0) ℝ) (c : ℝ) :
    ContDiff ℝ n fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W) := by
  have hR : ∀ i j, ContDiff ℝ n fun W : Weights ι ℝ => endToEnd W i j :=
    contDiff_head_apply n (Fin.last H)
  have hRQ : ∀ i j, ContDiff ℝ n fun W : Weights ι ℝ => (endToEnd W * Q) i j := by
    intro i j
    simp only [Matrix.mul_apply]
    exact ContDiff.sum fun a _ => (hR i a).mul contDiff_const
  simp only [quadraticLoss, trace_mul_transpose]
  have h1 : ContDiff ℝ n fun W : Weights ι ℝ =>
      ∑ i, ∑ j, (endToEnd W * Q) i j * endToEnd W i j :=
    ContDiff.sum fun i _ => ContDiff.sum fun j _ => (hRQ i j).mul (hR i j)
  have h2 : ContDiff ℝ n fun W : Weights ι ℝ => ∑ i, ∑ j, endToEnd W i j * C i j :=
    ContDiff.sum fun i _ => ContDiff.sum fun j _ => (hR i j).mul contDiff_const
  exact ((h1.div_const 2).sub h2).add contDiff_const

/-- **Problem 1.1** as a Fréchet derivative: the derivative of the population loss at the predictor
`A` is the inner product with `A E x xᵀ - E y xᵀ`. -/
theorem hasFDerivAt_populationLoss {m n : Type*} [Fintype m] [Fintype n]
    {μ : Measure ((n → ℝ) × (m → ℝ))} (hμ : HasFiniteSecondMoments μ) (A : Matrix m n ℝ) :
    HasFDerivAt (populationLoss μ)
      (LinearMap.toContinuousLinearMap (innerProduct (A * inputMoment μ - crossMoment μ))) A := by
  have hentry : ∀ i j, ContDiff ℝ 1 fun A : Matrix m n ℝ => A i j := fun i j =>
    contDiff_pi.1 (contDiff_pi.1 contDiff_id i) j
  have hd : ContDiff ℝ 1 (populationLoss μ) := by
    rw [populationLoss_eq_quadraticLoss hμ]
    unfold quadraticLoss
    simp only [trace_mul_transpose, Matrix.mul_apply]
    have h1 : ContDiff ℝ 1 fun A : Matrix m n ℝ =>
        ∑ i, ∑ j, (∑ a, A i a * inputMoment μ a j) * A i j :=
      ContDiff.sum fun i _ => ContDiff.sum fun j _ =>
        (ContDiff.sum fun a _ => (hentry i a).mul contDiff_const).mul (hentry i j)
    have h2 : ContDiff ℝ 1 fun A : Matrix m n ℝ => ∑ i, ∑ j, A i j * crossMoment μ i j :=
      ContDiff.sum fun i _ => ContDiff.sum fun j _ => (hentry i j).mul contDiff_const
    exact ((h1.div_const 2).sub h2).add contDiff_const
  have h := (hd.differentiable one_ne_zero A).hasFDerivAt
  refine h.congr_fderiv ?_
  ext V
  exact (h.hasLineDerivAt V).unique (hasGateauxDerivAt_populationLoss hμ A V)

omit [∀ k, DecidableEq (ι k)] in
/-- The derivative with the matrices `G` as its gradient, in the direction `V`. -/
lemma toContinuousLinearMap_sum_innerProduct_apply (G V : Weights ι ℝ) :
    LinearMap.toContinuousLinearMap (∑ k, innerProduct (G k) ∘ₗ LinearMap.proj k) V =
      ∑ k, innerProduct (G k) (V k) := by
  simp only [LinearMap.coe_toContinuousLinearMap', LinearMap.sum_apply, LinearMap.comp_apply,
    LinearMap.proj_apply]

/-- The Fréchet derivative of a loss of the end-to-end matrix with gradient `G`, if it is
differentiable at all. -/
lemma hasFDerivAt_of_differentiableAt {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {W : Weights ι ℝ}
    {G : Matrix (ι (Fin.last H)) (ι 0) ℝ} (hl : HasGateauxDerivAt l (innerProduct G) (endToEnd W))
    (hd : DifferentiableAt ℝ (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    HasFDerivAt (fun W : Weights ι ℝ => l (endToEnd W))
      (LinearMap.toContinuousLinearMap
        (∑ k, innerProduct (layerGradient W G k) ∘ₗ LinearMap.proj k)) W := by
  have h := hd.hasFDerivAt
  convert h using 1
  ext V
  have hk : ∀ k, fderiv ℝ (fun W : Weights ι ℝ => l (endToEnd W)) W (Pi.single k (V k)) =
      innerProduct (layerGradient W G k) (V k) := by
    intro k
    rw [← innerProduct_tail_mul_mul_head]
    exact (h.hasLineDerivAt (Pi.single k (V k))).unique (hasLineDerivAt_comp_endToEnd hl k (V k))
  conv_rhs => rw [← Finset.univ_sum_single V, map_sum]
  simp only [hk, toContinuousLinearMap_sum_innerProduct_apply]

/-- `IsCritical` is what Mathlib's derivative says, for a loss that is differentiable in the
weights: its derivative is zero. -/
theorem isCritical_iff_fderiv_eq_zero {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {W : Weights ι ℝ}
    (hd : DifferentiableAt ℝ (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsCritical W l ↔ fderiv ℝ (fun W : Weights ι ℝ => l (endToEnd W)) W = 0 := by
  refine ⟨fun h => ?_, fun h k V => ?_⟩
  · ext V
    conv_lhs => rw [← Finset.univ_sum_single V, map_sum]
    refine Finset.sum_eq_zero fun k _ => ?_
    exact (hd.hasFDerivAt.hasLineDerivAt (Pi.single k (V k))).unique (h k (V k))
  · have hV := hd.hasFDerivAt.hasLineDerivAt (Pi.single k V : Weights ι ℝ)
    rw [h] at hV
    exact hV

/-- **Problem 1.4** as a Fréchet derivative on the space of all weights. -/
theorem hasFDerivAt_datasetLoss_endToEnd {s : Type*} [Fintype s] (W : Weights ι ℝ)
    (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ) :
    HasFDerivAt (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W))
      (LinearMap.toContinuousLinearMap
        (∑ k, innerProduct (datasetGradient W X Y k) ∘ₗ LinearMap.proj k)) W := by
  refine hasFDerivAt_of_differentiableAt (hasGateauxDerivAt_datasetLoss X Y _) ?_
  rw [datasetLoss_eq_quadraticLoss]
  exact (contDiff_quadraticLoss_endToEnd 1 _ _ _).differentiable one_ne_zero W

/-- **Problem 1.3** as a Fréchet derivative on the space of all weights. -/
theorem hasFDerivAt_populationLoss_endToEnd (W : Weights ι ℝ)
    {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (hμ : HasFiniteSecondMoments μ) :
    HasFDerivAt (fun W : Weights ι ℝ => populationLoss μ (endToEnd W))
      (LinearMap.toContinuousLinearMap
        (∑ k, innerProduct (layerGradient W (endToEnd W * inputMoment μ - crossMoment μ) k) ∘ₗ
          LinearMap.proj k)) W := by
  refine hasFDerivAt_of_differentiableAt (hasGateauxDerivAt_populationLoss hμ _) ?_
  rw [populationLoss_eq_quadraticLoss hμ]
  exact (contDiff_quadraticLoss_endToEnd 1 _ _ _).differentiable one_ne_zero W

/-- The derivative in the direction `U` of the derivative in the direction `V`, at the origin. -/
lemma hasDerivAt_fderiv_smul_apply {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]
    {f : E → ℝ} {f'' : E →L[ℝ] E →L[ℝ] ℝ} (h : HasFDerivAt (fderiv ℝ f) f'' 0) (U V : E) :
    HasDerivAt (fun a : ℝ => fderiv ℝ f (a • U) V) (f'' U V) 0 := by
  have hU : HasDerivAt (fun a : ℝ => fderiv ℝ f (a • U)) (f'' U) 0 := by
    simpa only [HasLineDerivAt, zero_add] using h.hasLineDerivAt U
  exact (ContinuousLinearMap.apply ℝ ℝ V).hasFDerivAt.comp_hasDerivAt (0 : ℝ) hU

variable (ι)

/-- **Problem 3.3** as a Fréchet derivative: the dataset loss is twice continuously differentiable,
and with at least three weight matrices its second derivative at the origin is zero. -/
theorem hasFDerivAt_fderiv_zero {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (hH : 3 ≤ H) :
    ContDiff ℝ 2 (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) ∧
      HasFDerivAt (𝕜 := ℝ) (fderiv ℝ fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W))
        (0 : Weights ι ℝ →L[ℝ] Weights ι ℝ →L[ℝ] ℝ) 0 := by
  set L : Weights ι ℝ → ℝ := fun W => datasetLoss X Y (endToEnd W) with hL
  have hC : ContDiff ℝ 2 L := by
    rw [hL, datasetLoss_eq_quadraticLoss]
    exact contDiff_quadraticLoss_endToEnd 2 _ _ _
  have hd : Differentiable ℝ L := hC.differentiable two_ne_zero
  have hd' : Differentiable ℝ (fderiv ℝ L) :=
    (hC.fderiv_right (m := 1) (by norm_num)).differentiable one_ne_zero
  refine ⟨hC, (hd' 0).hasFDerivAt.congr_fderiv ?_⟩
  ext U V
  have hline := hasDerivAt_fderiv_smul_apply (hd' 0).hasFDerivAt U V
  have hsecond := (hasDerivAt_deriv_zero U V X Y hH).2
  have heq : (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0) =
      fun a : ℝ => fderiv ℝ L (a • U) V := by
    funext a
    exact ((hd (a • U)).hasFDerivAt.hasLineDerivAt V).deriv
  rw [heq] at hsecond
  exact hline.unique hsecond

end DeepLinear
