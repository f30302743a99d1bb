/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Calculus.LocalExtr
public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Trace
public import DeepLinear.Network
public import Mathlib.Analysis.Convex.Function
public import Mathlib.Tactic.FieldSimp
public import Mathlib.Tactic.Linarith
public import Mathlib.Tactic.LinearCombination
public import Mathlib.Tactic.Module
public import Mathlib.Tactic.Ring
public import Mathlib.Topology.Instances.Matrix

/-!
# The square loss on a dataset, and first-order conditions

A dataset is a pair of matrices `X`, `Y` with the same columns: column `s` of `X` is an input, and
column `s` of `Y` is the output wanted for it. The loss of the linear predictor `A` is
`1/2 ‖Y - A X‖²` in the Frobenius norm. It is written with a trace, and over an arbitrary field, so
that the loss of the theorems (over the reals) is also the one that computes (over the rationals).

What is proved about it is proved for the quadratic form `1/2 tr (A Q Aᵀ) - tr (A Cᵀ) + c`; the
dataset loss is the one with `Q = X Xᵀ` and `C = Y Xᵀ`.

## Main definitions

* `DeepLinear.datasetLoss X Y A`: the loss `1/2 ‖Y - A X‖²` of the predictor `A`.
* `DeepLinear.quadraticLoss Q C c A`: the quadratic form behind it.
* `DeepLinear.HasGateauxDerivAt l l' A`: `l` has the linear functional `l'` as derivative at `A`.
* `DeepLinear.IsCritical W l`: the derivative of `l ∘ endToEnd` at `W` vanishes, layer by layer and
  direction by direction.
* `DeepLinear.innerProduct G`: the linear functional `V ↦ tr (G Vᵀ)`.
* `DeepLinear.datasetGradient W X Y k`: the gradient of the dataset loss in layer `k`,
  `W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 X - Y) Xᵀ W_1ᵀ ⋯ W_{k-1}ᵀ` in the notation of the assignment.

## Main statements

* `DeepLinear.datasetLoss_eq_sum_sq`: the loss is half the sum of the squared errors.
* `DeepLinear.datasetLoss_eq_quadraticLoss`: the dataset loss as a quadratic form.
* `DeepLinear.quadraticLoss_add_smul`: the quadratic form along a line.
* `DeepLinear.convexOn_datasetLoss`: the dataset loss is convex in the predictor.
* `DeepLinear.isCritical_iff`: `W` is critical if and only if `l' (tail * V * head) = 0` in every
  layer, for every `V`.
* `DeepLinear.isCritical_of_isLocalMin`: a local minimum is critical.
* `DeepLinear.isMinOn_of_hasGateauxDerivAt_zero`: where the derivative of a convex `l` vanishes, `l`
  is minimal.
* `DeepLinear.isCritical_datasetLoss_iff`: criticality for the dataset loss, by its gradient.
-/

@[expose] public section

open Matrix Topology

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

/-! ### First-order conditions

A loss of a deep linear network is `l (endToEnd W)`, where `l` is a function of the end-to-end
matrix. All that its critical points need of `l` is a derivative along every line, linear in the
direction: `HasGateauxDerivAt`. This asks for no norm on matrices. -/

/-- `l` has, at `A`, the linear functional `l'` as derivative along every line (Gateaux). -/
def HasGateauxDerivAt {m n : Type*} (l : Matrix m n ℝ → ℝ) (l' : Matrix m n ℝ →ₗ[ℝ] ℝ)
    (A : Matrix m n ℝ) : Prop :=
  ∀ V, HasLineDerivAt ℝ l (l' V) A V

/-- A convex function of a matrix is minimal where its derivative vanishes. -/
lemma isMinOn_of_hasGateauxDerivAt_zero {m n : Type*} {l : Matrix m n ℝ → ℝ}
    (hl : ConvexOn ℝ Set.univ l) {A : Matrix m n ℝ} (h : HasGateauxDerivAt l 0 A) :
    IsMinOn l Set.univ A :=
  hl.isMinOn_of_hasLineDerivAt_zero h

section Network

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The derivative of `l ∘ endToEnd` at `W` is zero in every layer, in every direction. -/
def IsCritical (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  ∀ (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) ℝ),
    HasLineDerivAt ℝ (fun W : Weights ι ℝ => l (endToEnd W)) 0 W (Pi.single k V)

variable {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- Moving layer `k` in the direction `V` moves the end-to-end matrix in the direction
`tail * V * head`. -/
lemma hasLineDerivAt_comp_endToEnd (hl : HasGateauxDerivAt l l' (endToEnd W)) (k : Fin H)
    (V : Matrix (ι k.succ) (ι k.castSucc) ℝ) :
    HasLineDerivAt ℝ (fun W : Weights ι ℝ => l (endToEnd W))
      (l' (tail W k.succ * V * head W k.castSucc)) W (Pi.single k V) := by
  simpa only [HasLineDerivAt, add_smul_single, endToEnd_update_add_smul] using
    hl (tail W k.succ * V * head W k.castSucc)

/-- The first-order conditions of a deep linear network. -/
theorem isCritical_iff (hl : HasGateauxDerivAt l l' (endToEnd W)) :
    IsCritical W l ↔ ∀ (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) ℝ),
      l' (tail W k.succ * V * head W k.castSucc) = 0 := by
  refine forall₂_congr fun k V => ⟨fun h => ?_, fun h => ?_⟩
  · exact (hasLineDerivAt_comp_endToEnd hl k V).unique h
  · exact h ▸ hasLineDerivAt_comp_endToEnd hl k V

/-- A local minimum of a differentiable loss is a critical point. -/
theorem isCritical_of_isLocalMin (hl : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) : IsCritical W l := by
  refine (isCritical_iff hl).2 fun k V => ?_
  exact (hW.line (Pi.single k V)).hasDerivAt_eq_zero (hasLineDerivAt_comp_endToEnd hl k V)

end Network

section QuadraticLoss

/-- The inner product with `G` as a linear functional: `V ↦ tr (G Vᵀ)`. -/
def innerProduct (G : Matrix m n ℝ) : Matrix m n ℝ →ₗ[ℝ] ℝ where
  toFun V := (G * Vᵀ).trace
  map_add' U V := by rw [Matrix.transpose_add, Matrix.mul_add, Matrix.trace_add]
  map_smul' c V := by
    rw [Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, RingHom.id_apply]

@[simp]
lemma innerProduct_apply (G V : Matrix m n ℝ) : innerProduct G V = (G * Vᵀ).trace :=
  rfl

/-- The inner product with `G` vanishes only for `G = 0`. -/
lemma innerProduct_eq_zero_iff {G : Matrix m n ℝ} : innerProduct G = 0 ↔ G = 0 := by
  refine ⟨fun h => ?_, fun h => LinearMap.ext fun V => by simp [h]⟩
  exact trace_mul_transpose_self_eq_zero_iff.1 (LinearMap.congr_fun h G)

/-- The gradient of the quadratic form at `A` is `A Q - C`. -/
theorem hasGateauxDerivAt_quadraticLoss {Q : Matrix n n ℝ} (hQ : Qᵀ = Q) (C : Matrix m n ℝ) (c : ℝ)
    (A : Matrix m n ℝ) :
    HasGateauxDerivAt (quadraticLoss Q C c) (innerProduct (A * Q - C)) A := by
  intro V
  have hquad : (fun t : ℝ => quadraticLoss Q C c (A + t • V)) = fun t : ℝ =>
      quadraticLoss Q C c A + t * ((A * Q - C) * Vᵀ).trace + t ^ 2 * ((V * Q * Vᵀ).trace / 2) :=
    funext fun t => (quadraticLoss_add_smul C c A V hQ t).trans (by ring)
  rw [HasLineDerivAt, hquad]
  exact hasDerivAt_quadratic _ _ _

/-- The gradient of the dataset loss at `A` is `(A X - Y) Xᵀ`. -/
theorem hasGateauxDerivAt_datasetLoss (X : Matrix n s ℝ) (Y : Matrix m s ℝ) (A : Matrix m n ℝ) :
    HasGateauxDerivAt (datasetLoss X Y) (innerProduct ((A * X - Y) * Xᵀ)) A := by
  rw [datasetLoss_eq_quadraticLoss, Matrix.sub_mul, Matrix.mul_assoc]
  exact hasGateauxDerivAt_quadraticLoss (by simp) _ _ A

/-- Where the slope of the dataset loss vanishes, it is least: the normal equation. -/
theorem isMinOn_datasetLoss_of_slope_eq_zero {X : Matrix n s ℝ} {Y : Matrix m s ℝ}
    {A : Matrix m n ℝ} (h : (A * X - Y) * Xᵀ = 0) : IsMinOn (datasetLoss X Y) Set.univ A :=
  isMinOn_of_hasGateauxDerivAt_zero (convexOn_datasetLoss X Y)
    (innerProduct_eq_zero_iff.2 h ▸ hasGateauxDerivAt_datasetLoss X Y A)

end QuadraticLoss

section LayerGradient

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s]

/-- What the gradient `G` of a loss of the end-to-end matrix is in layer `k`: `tailᵀ G headᵀ`. -/
def layerGradient {𝕜 : Type*} [CommSemiring 𝕜] (W : Weights ι 𝕜)
    (G : Matrix (ι (Fin.last H)) (ι 0) 𝕜) (k : Fin H) : Matrix (ι k.succ) (ι k.castSucc) 𝕜 :=
  (tail W k.succ)ᵀ * G * (head W k.castSucc)ᵀ

/-- The gradient of the dataset loss in layer `k`: `tailᵀ (R X - Y) Xᵀ headᵀ` with `R` the
end-to-end matrix. It is defined over every commutative ring, so that it computes over the
rationals. -/
def datasetGradient {𝕜 : Type*} [CommRing 𝕜] (W : Weights ι 𝕜) (X : Matrix (ι 0) s 𝕜)
    (Y : Matrix (ι (Fin.last H)) s 𝕜) (k : Fin H) :
    Matrix (ι k.succ) (ι k.castSucc) 𝕜 :=
  layerGradient W ((endToEnd W * X - Y) * Xᵀ) k

/-- The gradient over another ring, entry by entry. -/
lemma datasetGradient_map {𝕜 𝕂 : Type*} [CommRing 𝕜] [CommRing 𝕂] (f : 𝕜 →+* 𝕂)
    (W : Weights ι 𝕜) (X : Matrix (ι 0) s 𝕜) (Y : Matrix (ι (Fin.last H)) s 𝕜) (k : Fin H) :
    datasetGradient (fun j => (W j).map f) (X.map f) (Y.map f) k =
      (datasetGradient W X Y k).map f := by
  simp only [datasetGradient, layerGradient, tail_map, head_map, endToEnd_map, Matrix.map_mul,
    Matrix.transpose_map, Matrix.map_sub f (map_sub f)]

/-- The inner product with a direction that comes from layer `k` is the inner product in layer
`k`. -/
lemma innerProduct_tail_mul_mul_head (W : Weights ι ℝ) (G : Matrix (ι (Fin.last H)) (ι 0) ℝ)
    (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) ℝ) :
    innerProduct G (tail W k.succ * V * head W k.castSucc) =
      innerProduct (layerGradient W G k) V := by
  simp only [innerProduct_apply, layerGradient, Matrix.transpose_mul, ← Matrix.mul_assoc]
  rw [Matrix.trace_mul_comm]
  simp only [Matrix.mul_assoc]

/-- The partial derivatives of a loss of the end-to-end matrix with gradient `G`: they are the
entries of `tailᵀ G headᵀ`. -/
lemma hasDerivAt_entry {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {W : Weights ι ℝ}
    {G : Matrix (ι (Fin.last H)) (ι 0) ℝ} (hl : HasGateauxDerivAt l (innerProduct G) (endToEnd W))
    (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ => l (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (layerGradient W G k i j) 0 := by
  have h := hasLineDerivAt_comp_endToEnd hl k (Matrix.single i j 1)
  rw [innerProduct_tail_mul_mul_head, innerProduct_apply,
    trace_mul_transpose_single] at h
  simpa [HasLineDerivAt, add_smul_single] using h

/-- **Problem 1.4**: the derivative of the dataset loss in `W_k` is
`W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 X - Y) Xᵀ W_1ᵀ ⋯ W_{k-1}ᵀ`, as the matrix of partial derivatives. Our
`W k` is the assignment's `W_{k+1}`, `tail W k.succ` its `W_H ⋯ W_{k+2}`, `head W k.castSucc` its
`W_k ⋯ W_1`. -/
theorem hasDerivAt_datasetLoss_entry (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ =>
        datasetLoss X Y (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (((tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W k.castSucc)ᵀ) i j) 0 :=
  hasDerivAt_entry (hasGateauxDerivAt_datasetLoss X Y _) k i j

/-- The weights are critical for the dataset loss if and only if its gradient vanishes. -/
theorem isCritical_datasetLoss_iff (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    IsCritical W (datasetLoss X Y) ↔ ∀ k, datasetGradient W X Y k = 0 := by
  rw [isCritical_iff (hasGateauxDerivAt_datasetLoss X Y (endToEnd W))]
  refine forall_congr' fun k => ?_
  simp only [innerProduct_tail_mul_mul_head]
  rw [datasetGradient, ← innerProduct_eq_zero_iff, LinearMap.ext_iff]
  rfl

end LayerGradient

end DeepLinear
