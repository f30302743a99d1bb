/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Loss

/-!
# Second derivatives, and Problem 3

The first and second derivatives of the end-to-end matrix in directions that move all layers, by the
product rule, and with them the second derivative of the dataset loss in two directions. All are
defined over every commutative ring, so that they compute over the rationals.

## Main definitions

* `DeepLinear.headDeriv W V k`: the derivative of the head of layer `k` at `W` in the direction `V`.
* `DeepLinear.headDeriv₂ W U V k`: its second derivative in the directions `U` and `V`.
* `DeepLinear.datasetHessian W X Y U V`: the second derivative of the dataset loss.
* `DeepLinear.IsSaddle`: critical, and neither a local minimum nor a local maximum.

## Main statements

* `DeepLinear.hasDerivAt_datasetLoss_add_smul`: the first derivative in a direction of all layers.
* `DeepLinear.hasDerivAt_deriv_datasetLoss`: the second derivative in two such directions.
* `DeepLinear.isCritical_zero`: Problem 3.1.
* `DeepLinear.isSaddle_zero`: Problem 3.2, for any widths.
* `DeepLinear.hasDerivAt_deriv_zero`: Problem 3.3.
* `DeepLinear.hasDerivAt_deriv_zero_of_two_layers`: the Hessian at the origin of two layers.
* `DeepLinear.exists_hasDerivAt_deriv_zero_pos_and_neg`: it has both signs.
* `DeepLinear.not_convexOn_and_not_concaveOn`: the loss is neither convex nor concave in the
  weights.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3 (i).
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

section

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

section Semiring

variable {R : Type*} [Semiring R] (W U V : Weights ι R)

/-- The derivative of the head in the direction `V`, by the product rule. -/
def headDeriv : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D => V k * head W k.castSucc + W k * D

/-- The second derivative of the head in the directions `U` and `V`, by the product rule. -/
def headDeriv₂ : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D =>
    V k * headDeriv W U k.castSucc + U k * headDeriv W V k.castSucc + W k * D

@[simp]
lemma headDeriv_zero : headDeriv W V 0 = 0 :=
  rfl

lemma headDeriv_succ (k : Fin H) :
    headDeriv W V k.succ = V k * head W k.castSucc + W k * headDeriv W V k.castSucc :=
  Fin.induction_succ _ _ _

lemma headDeriv₂_succ (k : Fin H) :
    headDeriv₂ W U V k.succ = V k * headDeriv W U k.castSucc + U k * headDeriv W V k.castSucc +
      W k * headDeriv₂ W U V k.castSucc :=
  Fin.induction_succ _ _ _

end Semiring

/-- The second derivative of the dataset loss at `W` in the directions `U` and `V`: the inner
product of the first derivatives of the prediction, plus that of the residual with the second
derivative. -/
def datasetHessian {R : Type*} [CommRing R] {s : Type*} [Fintype s] (W : Weights ι R)
    (X : Matrix (ι 0) s R) (Y : Matrix (ι (Fin.last H)) s R) (U V : Weights ι R) : R :=
  ((headDeriv W U (Fin.last H) * X) * (headDeriv W V (Fin.last H) * X)ᵀ).trace +
    ((endToEnd W * X - Y) * (headDeriv₂ W U V (Fin.last H) * X)ᵀ).trace

section Sum

variable {R : Type*} [CommRing R] (W V : Weights ι R)

lemma headDeriv_eq_sum (k : Fin (H + 1)) :
    headDeriv W V k = ∑ j : Fin H, between W j.succ k * (V j * head W j.castSucc) :=
  eq_sum_between W rfl (fun k => headDeriv_succ W V k) k

lemma headDeriv₂_last : headDeriv₂ W V V (Fin.last H) = (2 : R) • ∑ k : Fin H, ∑ j : Fin H,
    tail W k.succ * V k * between W j.succ k.castSucc * (V j * head W j.castSucc) := by
  have h := eq_sum_between W (D := headDeriv₂ W V V)
    (A := fun k => (2 : R) • (V k * headDeriv W V k.castSucc)) rfl
    (fun k => by rw [headDeriv₂_succ, two_smul]) (Fin.last H)
  rw [h, Finset.smul_sum]
  refine Finset.sum_congr rfl fun k _ => ?_
  rw [between_last, Matrix.mul_smul, headDeriv_eq_sum, Matrix.mul_sum, Matrix.mul_sum]
  congr 1
  refine Finset.sum_congr rfl fun j _ => ?_
  simp only [Matrix.mul_assoc]

end Sum

section Map

variable {R S : Type*} [CommRing R] [CommRing S] (f : R →+* S) (W U V : Weights ι R)

lemma headDeriv_map (k : Fin (H + 1)) :
    headDeriv (fun j => (W j).map f) (fun j => (V j).map f) k = (headDeriv W V k).map f := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [headDeriv_succ, headDeriv_succ, ih, head_map, Matrix.map_add f (map_add f), Matrix.map_mul,
      Matrix.map_mul]

lemma headDeriv₂_map (k : Fin (H + 1)) :
    headDeriv₂ (fun j => (W j).map f) (fun j => (U j).map f) (fun j => (V j).map f) k =
      (headDeriv₂ W U V k).map f := by
  induction k using Fin.induction with
  | zero => exact (Matrix.map_zero f (map_zero f)).symm
  | succ k ih =>
    simp only [headDeriv₂_succ, ih, headDeriv_map, Matrix.map_add f (map_add f), Matrix.map_mul]

/-- The second derivative over another ring. -/
lemma datasetHessian_map {s : Type*} [Fintype s] (X : Matrix (ι 0) s R)
    (Y : Matrix (ι (Fin.last H)) s R) :
    datasetHessian (fun j => (W j).map f) (X.map f) (Y.map f) (fun j => (U j).map f)
      (fun j => (V j).map f) = f (datasetHessian W X Y U V) := by
  simp only [datasetHessian, headDeriv_map, headDeriv₂_map, endToEnd_map, ← Matrix.map_mul,
    ← Matrix.map_sub f (map_sub f), ← Matrix.transpose_map, map_add, Matrix.trace, map_sum,
    Matrix.diag_apply, Matrix.map_apply]

end Map

section Real

variable (W U V : Weights ι ℝ)

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
lemma hasDerivAt_add_smul_apply (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt (fun t : ℝ => (W + t • V) k i j) (V k i j) 0 := by
  simpa using ((hasDerivAt_id' (0 : ℝ)).mul_const (V k i j)).const_add (W k i j)

lemma hasDerivAt_head_apply (k : Fin (H + 1)) (i : ι k) (j : ι 0) :
    HasDerivAt (fun t : ℝ => head (W + t • V) k i j) (headDeriv W V k i j) 0 := by
  induction k using Fin.induction with
  | zero => exact hasDerivAt_const _ _
  | succ k ih =>
    have hsum := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_add_smul_apply W V k i a).fun_mul (ih a)
    simpa [head_succ, headDeriv_succ, Matrix.mul_apply, Finset.sum_add_distrib] using hsum

lemma hasDerivAt_headDeriv_apply (k : Fin (H + 1)) (i : ι k) (j : ι 0) :
    HasDerivAt (fun t : ℝ => headDeriv (W + t • U) V k i j) (headDeriv₂ W U V k i j) 0 := by
  induction k using Fin.induction with
  | zero => exact hasDerivAt_const _ _
  | succ k ih =>
    have h1 := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_head_apply W U k.castSucc a j).const_mul (V k i a)
    have h2 := HasDerivAt.fun_sum (u := Finset.univ) fun a _ =>
      (hasDerivAt_add_smul_apply W U k i a).fun_mul (ih a)
    simpa [headDeriv_succ, headDeriv₂_succ, Matrix.mul_apply, Finset.sum_add_distrib, add_assoc]
      using h1.fun_add h2

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The first derivative of the dataset loss in a direction that moves all layers. -/
theorem hasDerivAt_datasetLoss_add_smul :
    HasDerivAt (fun t : ℝ => datasetLoss X Y (endToEnd (W + t • V)))
      ((endToEnd W * X - Y) * (headDeriv W V (Fin.last H) * X)ᵀ).trace 0 := by
  have hR : ∀ i j, HasDerivAt (fun t : ℝ => (endToEnd (W + t • V) * X) i j)
      ((headDeriv W V (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ => (hasDerivAt_head_apply W V (Fin.last H) i a).mul_const _
  have hsum := (HasDerivAt.fun_sum (u := Finset.univ) fun i _ =>
    HasDerivAt.fun_sum (u := Finset.univ) fun j _ =>
      ((hR i j).const_sub (Y i j)).fun_mul ((hR i j).const_sub (Y i j))).div_const 2
  simp only [datasetLoss_eq_sum_sq, sq]
  refine hsum.congr_deriv (Eq.symm ?_)
  rw [trace_mul_transpose, eq_div_iff two_ne_zero, Finset.sum_mul]
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [Finset.sum_mul]
  refine Finset.sum_congr rfl fun j _ => ?_
  simp only [zero_smul, add_zero, Matrix.sub_apply]
  ring

/-- The second derivative of the dataset loss in two directions, each of which may move all layers.
-/
theorem hasDerivAt_deriv_datasetLoss :
    HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • U + b • V))) 0)
      (datasetHessian W X Y U V) 0 := by
  have hfirst :
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • U + b • V))) 0) =
      fun a : ℝ => ∑ i, ∑ j, ((endToEnd (W + a • U) * X) i j - Y i j) *
        (headDeriv (W + a • U) V (Fin.last H) * X) i j := by
    funext a
    rw [(hasDerivAt_datasetLoss_add_smul (W + a • U) V X Y).deriv, trace_mul_transpose]
    rfl
  rw [hfirst]
  have hR : ∀ i j, HasDerivAt (fun t : ℝ => (endToEnd (W + t • U) * X) i j)
      ((headDeriv W U (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ => (hasDerivAt_head_apply W U (Fin.last H) i a).mul_const _
  have hD : ∀ i j, HasDerivAt (fun t : ℝ => (headDeriv (W + t • U) V (Fin.last H) * X) i j)
      ((headDeriv₂ W U V (Fin.last H) * X) i j) 0 := by
    intro i j
    simp only [Matrix.mul_apply]
    exact HasDerivAt.fun_sum fun a _ =>
      (hasDerivAt_headDeriv_apply W U V (Fin.last H) i a).mul_const _
  have hsum := HasDerivAt.fun_sum (u := Finset.univ) fun i _ =>
    HasDerivAt.fun_sum (u := Finset.univ) fun j _ => ((hR i j).sub_const (Y i j)).fun_mul (hD i j)
  refine hsum.congr_deriv ?_
  simp only [datasetHessian, trace_mul_transpose, ← Finset.sum_add_distrib, zero_smul, add_zero,
    Matrix.sub_apply]

end Real

end

/-! ### Problem 3: the origin

With at least two weight matrices, `W = 0` is a critical point of the dataset loss. If `X Yᵀ ≠ 0`
and no layer is empty, it is neither a local minimum nor a local maximum: unit matrices `E_k` whose
product has a single entry `1`, at a place where `Y Xᵀ` has a nonzero entry `b`, give
`L = L(0) - c b + c² q / 2` with `c = ± b tᴴ` for small `t`. With at least three weight matrices all
second derivatives at the origin vanish; with two they do not. -/

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

section Semiring

variable {R : Type*} [Semiring R]

lemma head_zero_weights {k : Fin (H + 1)} (hk : k ≠ 0) : head (0 : Weights ι R) k = 0 := by
  induction k using Fin.cases with
  | zero => exact absurd rfl hk
  | succ k => rw [head_succ, Pi.zero_apply, Matrix.zero_mul]

lemma tail_zero_weights {k : Fin (H + 1)} (hk : k ≠ Fin.last H) : tail (0 : Weights ι R) k = 0 := by
  induction k using Fin.lastCases with
  | last => exact absurd rfl hk
  | cast k => rw [tail_castSucc, Pi.zero_apply, Matrix.mul_zero]

end Semiring

/-- At the origin of a network with at least two weight matrices the gradient of every loss of the
end-to-end matrix vanishes. -/
lemma tail_mul_mul_head_zero {R : Type*} [Semiring R] (hH : 2 ≤ H) (k : Fin H)
    (V : Matrix (ι k.succ) (ι k.castSucc) R) :
    tail (0 : Weights ι R) k.succ * V * head (0 : Weights ι R) k.castSucc = 0 := by
  by_cases hk : k.castSucc = 0
  · have hlast : k.succ ≠ Fin.last H := by
      intro h
      have h0 := congrArg Fin.val hk
      have h1 := congrArg Fin.val h
      simp only [Fin.val_castSucc, Fin.val_zero, Fin.val_succ, Fin.val_last] at h0 h1
      omega
    rw [tail_zero_weights hlast, Matrix.zero_mul, Matrix.zero_mul]
  · rw [head_zero_weights hk, Matrix.mul_zero]

/-- With at least two weight matrices the origin is a critical point of every differentiable loss of
the end-to-end matrix. -/
theorem isCritical_zero_of_hasGateauxDerivAt (hH : 2 ≤ H)
    {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
    (hl : HasGateauxDerivAt l l' (endToEnd (0 : Weights ι ℝ))) :
    IsCritical (0 : Weights ι ℝ) l :=
  (isCritical_iff hl).2 fun k V => by rw [tail_mul_mul_head_zero hH, map_zero]

variable (ι) {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- **Problem 3.1**: with at least two weight matrices, `W = 0` is a critical point of the dataset
loss. -/
theorem isCritical_zero (hH : 2 ≤ H) : IsCritical (0 : Weights ι ℝ) (datasetLoss X Y) :=
  isCritical_zero_of_hasGateauxDerivAt hH (hasGateauxDerivAt_datasetLoss X Y _)

variable {ι}

/-- A saddle point of a loss of the end-to-end matrix: critical, and neither a local minimum nor a
local maximum. -/
def IsSaddle (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  IsCritical W l ∧ ¬ IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W ∧
    ¬ IsLocalMax (fun W : Weights ι ℝ => l (endToEnd W)) W

/-- Scaling one layer scales the end-to-end matrix. -/
lemma endToEnd_update_smul {R : Type*} [CommRing R] (W : Weights ι R) (k : Fin H) (c : R) :
    endToEnd (Function.update W k (c • W k)) = c • endToEnd W := by
  rw [endToEnd_update, Matrix.mul_smul, Matrix.smul_mul, ← endToEnd_eq_tail_mul_head]

/-- Unit matrices along the layers, from input `j` to output `i`: their product is a unit matrix. -/
lemma exists_endToEnd_eq_single [∀ k, Nonempty (ι k)] (hH : 1 ≤ H) (i : ι (Fin.last H)) (j : ι 0) :
    ∃ E : Weights ι ℝ, endToEnd E = Matrix.single i j 1 := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  let e : ∀ k, ι k :=
    Function.update (Function.update (fun k => Classical.arbitrary (ι k)) 0 j) (Fin.last (n + 1)) i
  have he0 : e 0 = j := by
    rw [show e 0 = Function.update (fun k => Classical.arbitrary (ι k)) 0 j 0 from
      Function.update_of_ne (Fin.last_pos.ne) _ _, Function.update_self]
  have helast : e (Fin.last (n + 1)) = i := Function.update_self _ _ _
  let E : Weights ι ℝ := fun k => Matrix.single (e k.succ) (e k.castSucc) 1
  have hhead : ∀ k : Fin (n + 1), head E k.succ = Matrix.single (e k.succ) (e 0) 1 := by
    intro k
    induction k using Fin.induction with
    | zero =>
      rw [head_succ]
      exact Matrix.mul_one (Matrix.single (e (Fin.succ 0)) (e 0) (1 : ℝ))
    | succ k ih =>
      have ih' : head E k.succ.castSucc = Matrix.single (e k.succ.castSucc) (e 0) 1 := ih
      rw [head_succ, ih']
      exact (Matrix.single_mul_single_same _ _ _ _ _).trans (by rw [mul_one])
  refine ⟨E, ?_⟩
  have h : endToEnd E = Matrix.single (e (Fin.last (n + 1))) (e 0) 1 := hhead (Fin.last n)
  rw [h, he0, helast]

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
/-- If `X Yᵀ` is not zero, then `Y Xᵀ` has an entry that is not zero. -/
lemma exists_apply_ne_zero {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hXY : X * Yᵀ ≠ 0) : ∃ i j, (Y * Xᵀ) i j ≠ 0 := by
  by_contra! h
  refine hXY ?_
  rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_transpose,
    Matrix.transpose_zero]
  exact Matrix.ext h

/-- The loss of the predictor `c S`, where `S` is a unit matrix. -/
lemma datasetLoss_smul_single (i : ι (Fin.last H)) (j : ι 0) :
    ∃ q : ℝ, 0 ≤ q ∧ ∀ c : ℝ, datasetLoss X Y (c • Matrix.single i j 1) =
      datasetLoss X Y 0 - c * (Y * Xᵀ) i j + c ^ 2 / 2 * q := by
  refine ⟨(Matrix.single i j (1 : ℝ) * (X * Xᵀ) * (Matrix.single i j (1 : ℝ))ᵀ).trace, ?_,
    fun c => ?_⟩
  · have h := trace_mul_transpose_self_nonneg (Matrix.single i j (1 : ℝ) * X)
    rwa [Matrix.transpose_mul, ← Matrix.mul_assoc, Matrix.mul_assoc (Matrix.single i j 1)] at h
  · have h := quadraticLoss_add_smul (Y * Xᵀ) ((Y * Yᵀ).trace / 2) 0 (Matrix.single i j 1)
      (by simp : (X * Xᵀ)ᵀ = X * Xᵀ) c
    rw [← datasetLoss_eq_quadraticLoss, zero_add, Matrix.zero_mul, zero_sub, Matrix.neg_mul,
      Matrix.trace_neg, trace_mul_transpose_single] at h
    rw [h]
    ring

variable (ι)

/-- **Problem 3.2**, directly: if `X Yᵀ ≠ 0` and no layer is empty, then the origin is neither a
local minimum nor a local maximum of the dataset loss, whatever the widths are. -/
theorem not_isLocalMin_zero_and_not_isLocalMax_zero [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hXY : X * Yᵀ ≠ 0) :
    ¬ IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) 0 ∧
      ¬ IsLocalMax (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) 0 := by
  obtain ⟨i, j, hb⟩ := exists_apply_ne_zero hXY
  set b := (Y * Xᵀ) i j with hbdef
  obtain ⟨E, hE⟩ := exists_endToEnd_eq_single hH i j
  obtain ⟨q, hq, hloss⟩ := datasetLoss_smul_single X Y i j
  let k : Fin H := ⟨0, hH⟩
  -- the path to the origin, with a sign
  let P : ℝ → ℝ → Weights ι ℝ := fun c t => Function.update (t • E) k (c • (t • E) k)
  have hP : ∀ c t, datasetLoss X Y (endToEnd (P c t)) =
      datasetLoss X Y 0 - c * t ^ H * b + (c * t ^ H) ^ 2 / 2 * q := by
    intro c t
    rw [endToEnd_update_smul, endToEnd_smul, hE, smul_smul, hloss]
  have hzero : endToEnd (0 : Weights ι ℝ) = 0 :=
    head_zero_weights (Fin.ne_of_val_ne (by simpa using (by omega : H ≠ 0)))
  have hlim : ∀ c, Filter.Tendsto (P c) (𝓝[>] 0) (𝓝 0) := by
    intro c
    have hcont : Continuous (P c) := by
      have h1 : Continuous fun t : ℝ => t • E := by fun_prop
      exact h1.update k (((continuous_apply k).comp h1).const_smul c)
    have h0 : P c 0 = 0 := by
      simp only [P, zero_smul, Pi.zero_apply, smul_zero]
      exact Function.update_eq_self k (0 : Weights ι ℝ)
    exact (h0 ▸ hcont.tendsto 0).mono_left nhdsWithin_le_nhds
  have hpow : ∀ᶠ t in 𝓝[>] (0 : ℝ), 0 < t ^ H := by
    filter_upwards [self_mem_nhdsWithin] with t ht
    exact pow_pos ht H
  have hb2 : 0 < b ^ 2 := by positivity
  constructor
  · intro hmin
    -- along `c = b` the loss decreases: `b² ≤ b² tᴴ q / 2` for all small `t`
    have hle : ∀ᶠ t in 𝓝[>] (0 : ℝ), b ^ 2 ≤ b ^ 2 * t ^ H * q / 2 := by
      filter_upwards [(hlim b).eventually hmin, hpow] with t ht hpos
      rw [hP, hzero] at ht
      have : 0 ≤ t ^ H * (b ^ 2 * t ^ H * q / 2 - b ^ 2) := by linarith
      linarith [nonneg_of_mul_nonneg_right this hpos]
    have hcont : Filter.Tendsto (fun t : ℝ => b ^ 2 * t ^ H * q / 2) (𝓝[>] 0) (𝓝 0) := by
      have h : Continuous fun t : ℝ => b ^ 2 * t ^ H * q / 2 := by fun_prop
      have h0 : b ^ 2 * (0 : ℝ) ^ H * q / 2 = 0 := by rw [zero_pow (by omega)]; ring
      exact (h0 ▸ h.tendsto 0).mono_left nhdsWithin_le_nhds
    exact absurd (ge_of_tendsto hcont hle) (not_le_of_gt hb2)
  · intro hmax
    -- along `c = -b` it increases
    obtain ⟨t, ht, hpos⟩ := (((hlim (-b)).eventually hmax).and hpow).exists
    simp only [hP, hzero] at ht
    have h1 : 0 < b ^ 2 * t ^ H := mul_pos hb2 hpos
    have h2 : 0 ≤ (-b * t ^ H) ^ 2 / 2 * q := by positivity
    linarith

/-- **Problem 3.2**, for any widths: if `X Yᵀ ≠ 0`, then the origin of a network with at least two
weight matrices is a saddle point. A bottleneck does not matter, only that no layer is empty. -/
theorem isSaddle_zero [∀ k, Nonempty (ι k)] (hH : 2 ≤ H) (hXY : X * Yᵀ ≠ 0) :
    IsSaddle (0 : Weights ι ℝ) (datasetLoss X Y) :=
  ⟨isCritical_zero ι X Y hH, not_isLocalMin_zero_and_not_isLocalMax_zero ι X Y (by omega) hXY⟩

variable {ι}

/-! ### Second derivatives -/

section Semiring

variable {R : Type*} [Semiring R]

/-- At the origin the derivative of every head but those of the first two layers vanishes. -/
lemma headDeriv_zero_weights (V : Weights ι R) {k : Fin (H + 1)} (hk : 2 ≤ (k : ℕ)) :
    headDeriv (0 : Weights ι R) V k = 0 := by
  induction k using Fin.cases with
  | zero => rfl
  | succ k =>
    have hk0 : k.castSucc ≠ 0 := by
      intro h
      have := congrArg Fin.val h
      simp only [Fin.val_castSucc, Fin.val_zero, Fin.val_succ] at this hk
      omega
    rw [headDeriv_succ, head_zero_weights hk0, Matrix.mul_zero, Pi.zero_apply, Matrix.zero_mul,
      add_zero]

/-- At the origin the second derivative of every head but those of the first three layers
vanishes. -/
lemma headDeriv₂_zero_weights (U V : Weights ι R) {k : Fin (H + 1)} (hk : 3 ≤ (k : ℕ)) :
    headDeriv₂ (0 : Weights ι R) U V k = 0 := by
  induction k using Fin.cases with
  | zero => rfl
  | succ k =>
    have hk2 : 2 ≤ (k.castSucc : ℕ) := by
      simp only [Fin.val_castSucc, Fin.val_succ] at hk ⊢
      omega
    rw [headDeriv₂_succ, headDeriv_zero_weights _ hk2, headDeriv_zero_weights _ hk2,
      Matrix.mul_zero,
      Matrix.mul_zero, Pi.zero_apply, Matrix.zero_mul, add_zero, add_zero]

end Semiring

section Real

variable (U V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The Hessian at the origin vanishes if there are at least three weight matrices. -/
lemma datasetHessian_zero (hH : 3 ≤ H) :
    datasetHessian (0 : Weights ι ℝ) X Y U V = 0 := by
  rw [datasetHessian, headDeriv_zero_weights U (by simpa using (by omega : 2 ≤ H)),
    headDeriv₂_zero_weights U V (by simpa using hH)]
  simp

/-- The first derivatives along `V`, at the points of the line through the origin along `U`. -/
lemma differentiableAt_datasetLoss_smul_add_smul (a : ℝ) :
    DifferentiableAt ℝ (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0 :=
  (hasDerivAt_datasetLoss_add_smul (a • U) V X Y).differentiableAt

/-- **Problem 3.3**: with at least three weight matrices, all second derivatives of the dataset loss
at the origin vanish. (The first derivatives exist, so that this is about their derivatives.) -/
theorem hasDerivAt_deriv_zero (hH : 3 ≤ H) :
    (∀ a : ℝ, DifferentiableAt ℝ (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0) ∧
      HasDerivAt (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0)
        0 0 := by
  refine ⟨differentiableAt_datasetLoss_smul_add_smul U V X Y, ?_⟩
  simpa only [zero_add, datasetHessian_zero U V X Y hH] using
    hasDerivAt_deriv_datasetLoss (0 : Weights ι ℝ) U V X Y

end Real

/-- With two weight matrices the second derivative at the origin in the direction `V` is
`-2 ⟨Y, V₂ V₁ X⟩`. -/
theorem hasDerivAt_deriv_zero_of_two_layers {ι : Fin 3 → Type*} [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] (V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last 2)) s ℝ) :
    (∀ a : ℝ, DifferentiableAt ℝ (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) ∧
      HasDerivAt (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0)
        (-2 * (Y * (endToEnd V * X)ᵀ).trace) 0 := by
  refine ⟨differentiableAt_datasetLoss_smul_add_smul V V X Y, ?_⟩
  have h := hasDerivAt_deriv_datasetLoss (0 : Weights ι ℝ) V V X Y
  have hD : headDeriv (0 : Weights ι ℝ) V (Fin.last 2) = 0 := headDeriv_zero_weights V (by decide)
  have hhead : headDeriv (0 : Weights ι ℝ) V (Fin.castSucc 1) = head V (Fin.castSucc 1) := by
    have h0 := headDeriv_succ (0 : Weights ι ℝ) V 0
    rw [Pi.zero_apply, Matrix.zero_mul, add_zero] at h0
    exact h0.trans (head_succ V 0).symm
  have hD₂ : headDeriv₂ (0 : Weights ι ℝ) V V (Fin.last 2) = endToEnd V + endToEnd V := by
    have h0 := headDeriv₂_succ (0 : Weights ι ℝ) V V 1
    rw [Pi.zero_apply, Matrix.zero_mul, add_zero, hhead, ← head_succ] at h0
    exact h0
  have hR : endToEnd (0 : Weights ι ℝ) = 0 := head_zero_weights (by decide)
  rw [datasetHessian, hD, hD₂, hR] at h
  convert h using 1
  · simp only [zero_add]
  · simp only [Matrix.zero_mul, Matrix.trace_zero, zero_add, zero_sub, Matrix.neg_mul,
      Matrix.trace_neg, Matrix.add_mul, Matrix.transpose_add, Matrix.mul_add, Matrix.trace_add]
    ring

/-- With two weight matrices and `X Yᵀ ≠ 0` the Hessian at the origin has both signs: for some
direction `V` the second derivative is positive, and for some it is negative. -/
theorem exists_hasDerivAt_deriv_zero_pos_and_neg (ι : Fin 3 → Type*) [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] [∀ k, Nonempty (ι k)] (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last 2)) s ℝ) (hXY : X * Yᵀ ≠ 0) :
    (∃ (V : Weights ι ℝ) (c : ℝ), 0 < c ∧ HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) c 0) ∧
    ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧ HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) c 0 := by
  obtain ⟨i, j, hb⟩ := exists_apply_ne_zero hXY
  obtain ⟨E, hE⟩ := exists_endToEnd_eq_single one_le_two i j
  set b := (Y * Xᵀ) i j with hbdef
  -- along `E`, with its first layer multiplied by `c`, the second derivative is `-2 c b`
  have hV : ∀ c : ℝ, -2 * (Y * (endToEnd (Function.update E 0 (c • E 0)) * X)ᵀ).trace =
      -2 * (c * b) := by
    intro c
    rw [endToEnd_update_smul, hE, Matrix.transpose_mul, ← Matrix.mul_assoc,
      Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, trace_mul_transpose_single,
      smul_eq_mul, ← hbdef]
  have hb2 : 0 < b * b := mul_self_pos.2 hb
  refine ⟨⟨_, _, ?_, (hasDerivAt_deriv_zero_of_two_layers
      (Function.update E 0 (-b • E 0)) X Y).2⟩,
    ⟨_, _, ?_, (hasDerivAt_deriv_zero_of_two_layers (Function.update E 0 (b • E 0)) X Y).2⟩⟩
  · rw [hV]
    linarith
  · rw [hV]
    linarith

/-! ### Neither convex nor concave -/

/-- The derivative of the loss at the origin vanishes in every direction. -/
lemma hasLineDerivAt_datasetLoss_zero (V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (hH : 2 ≤ H) :
    HasLineDerivAt ℝ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) 0 0 V := by
  have h := hasDerivAt_datasetLoss_add_smul (0 : Weights ι ℝ) V X Y
  rwa [headDeriv_zero_weights V (by simpa using hH), Matrix.zero_mul, Matrix.transpose_zero,
    Matrix.mul_zero, Matrix.trace_zero] at h

variable (ι)

/-- **Kawaguchi 2016, Theorem 2.3 (i)**: if `X Yᵀ ≠ 0`, there are at least two weight matrices and
no layer is empty, then the dataset loss is neither convex nor concave in the weights. -/
theorem not_convexOn_and_not_concaveOn [∀ k, Nonempty (ι k)] (hH : 2 ≤ H) (hXY : X * Yᵀ ≠ 0) :
    ¬ ConvexOn ℝ Set.univ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) ∧
      ¬ ConcaveOn ℝ Set.univ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) := by
  obtain ⟨hmin, hmax⟩ := not_isLocalMin_zero_and_not_isLocalMax_zero ι X Y (by omega : 1 ≤ H) hXY
  refine ⟨fun h => hmin ?_, fun h => hmax ?_⟩
  · exact Filter.Eventually.of_forall fun V =>
      h.isMinOn_of_hasLineDerivAt_zero (fun v => hasLineDerivAt_datasetLoss_zero v X Y hH)
        (Set.mem_univ V)
  · refine Filter.Eventually.of_forall fun V => neg_le_neg_iff.1 ?_
    refine h.neg.isMinOn_of_hasLineDerivAt_zero (x := 0) (fun v => ?_) (Set.mem_univ V)
    have hv := (hasLineDerivAt_datasetLoss_zero v X Y hH).fun_neg
    rwa [neg_zero] at hv

end DeepLinear
