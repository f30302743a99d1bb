/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Main
public import DeepLinear.Hessian
public import Mathlib.Analysis.Calculus.Deriv.Pow
public import Mathlib.Analysis.Calculus.Deriv.Shift

/-!
# Saddle points, and strict ones

Kawaguchi 2016, Theorem 2.3 (iii): a strictly convex loss of a deep linear network has no local
maxima, and hence every critical point that is not a global minimum is a saddle, wherever local
minima are global. (Part (i) is in `DeepLinear/Hessian.lean`.)

A strict saddle is a critical point with a direction of negative second derivative. With three
weight matrices or more the origin is none, whatever the data are.

## Main definitions

* `DeepLinear.IsStrictSaddle`: critical, with a direction of negative second derivative.

## Main statements

* `DeepLinear.not_isLocalMax`: no local maxima, for every strictly convex differentiable loss.
* `DeepLinear.isSaddle_of_isCritical`: critical points of the dataset loss are global minima or
  saddles.
* `DeepLinear.isSaddle_zero_of_noBottleneck`: Problem 3.2, as the assignment puts it, from Lu and
  Kawaguchi's Theorem 2.3.
* `DeepLinear.hasDerivAt_deriv_datasetLoss_line`: the second derivative along a line.
* `DeepLinear.not_isStrictSaddle_zero`: with three layers the origin is not strict.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3.
-/

@[expose] public section

open Matrix Polynomial Topology

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

omit [∀ k, DecidableEq (ι k)] in
/-- If no layer is empty, the bottleneck width is positive. -/
lemma one_le_bottleneck_iff : 1 ≤ bottleneck ι ↔ ∀ k, Nonempty (ι k) := by
  simp only [bottleneck, Finset.le_inf'_iff, Finset.mem_univ, true_imp_iff, Nat.one_le_iff_ne_zero,
    ← Nat.pos_iff_ne_zero, Fintype.card_pos_iff]

/-- If the end-to-end matrix is constant near some weights, then it is constant: it is a polynomial
along each line. -/
lemma endToEnd_eq_of_eventually {R : Matrix (ι (Fin.last H)) (ι 0) ℝ}
    (h : ∀ᶠ W' in 𝓝 W, endToEnd W' = R) (W' : Weights ι ℝ) : endToEnd W' = R := by
  let P : Weights ι ℝ[X] := fun j => (W j).map C + (X : ℝ[X]) • ((W' - W) j).map C
  have heval : ∀ s : ℝ, (endToEnd P).map (evalRingHom s) = endToEnd (W + s • (W' - W)) := by
    intro s
    rw [← endToEnd_map]
    congr 1
    ext j a b
    simp [P]
  have hcont : Filter.Tendsto (fun s : ℝ => W + s • (W' - W)) (𝓝[>] 0) (𝓝 W) :=
    (tendsto_add_smul W (W' - W)).mono_left nhdsWithin_le_nhds
  ext i j
  have hzero : (endToEnd P) i j - C (R i j) = 0 := by
    refine eq_zero_of_infinite_isRoot _ ?_
    have hev := hcont.eventually h
    rw [eventually_nhdsWithin_iff, Metric.eventually_nhds_iff] at hev
    obtain ⟨ε, hε, hball⟩ := hev
    refine (Set.Ioo_infinite hε).mono fun s hs => ?_
    have hs' : endToEnd (W + s • (W' - W)) = R :=
      hball (by rw [Real.dist_eq, sub_zero, abs_of_pos hs.1]; exact hs.2) hs.1
    have hij := congrFun (congrFun ((heval s).trans hs') i) j
    rw [Matrix.map_apply, coe_evalRingHom] at hij
    simp [IsRoot, hij]
  have h1 := congrFun (congrFun (heval 1) i) j
  rw [Matrix.map_apply, coe_evalRingHom, sub_eq_zero.1 hzero, eval_C, one_smul,
    add_sub_cancel] at h1
  exact h1.symm

/-- If no layer is empty, the end-to-end matrix is not constant near any weights. -/
lemma not_eventually_endToEnd_eq (hH : 1 ≤ H) [∀ k, Nonempty (ι k)] (W : Weights ι ℝ) :
    ¬ ∀ᶠ W' in 𝓝 W, endToEnd W' = endToEnd W := by
  intro hconst
  obtain ⟨E, hE⟩ := exists_endToEnd_eq_single hH (Classical.arbitrary (ι (Fin.last H)))
    (Classical.arbitrary (ι 0))
  have h0 := endToEnd_eq_of_eventually hconst 0
  rw [← endToEnd_eq_of_eventually hconst E, hE] at h0
  have hzero : endToEnd (0 : Weights ι ℝ) = 0 := by
    simpa [zero_pow (by omega : H ≠ 0)] using endToEnd_smul (0 : Weights ι ℝ) 0
  rw [hzero] at h0
  have hentry := congrFun (congrFun h0 (Classical.arbitrary (ι (Fin.last H))))
    (Classical.arbitrary (ι 0))
  rw [Matrix.zero_apply, Matrix.single_apply_same] at hentry
  exact zero_ne_one hentry

/-- **Kawaguchi 2016, Theorem 2.3 (iii)**: if no layer is empty, a strictly convex differentiable
loss of the end-to-end matrix has no local maxima. -/
theorem not_isLocalMax (hH : 1 ≤ H) (hp : 1 ≤ bottleneck ι) (hl : StrictConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W)) :
    ¬ IsLocalMax (fun W : Weights ι ℝ => l (endToEnd W)) W := by
  intro hmax
  have := one_le_bottleneck_iff.1 hp
  rcases (rank_endToEnd_le W).lt_or_eq with hr | hr
  · -- Case A for `-l`: the derivative vanishes, so the loss is minimal at `W`, and constant near it
    have hneg : HasGateauxDerivAt (fun A => -l A) (-l') (endToEnd W) := fun V => (hl' V).fun_neg
    have hzero : l' = 0 := neg_eq_zero.1 (deriv_eq_zero_of_isLocalMin_of_rank_lt hneg hmax.neg hr)
    have hmin := isMinOn_of_hasGateauxDerivAt_zero hl.convexOn (hzero ▸ hl')
    have hconst : ∀ᶠ W' in 𝓝 W, endToEnd W' = endToEnd W := by
      filter_upwards [hmax] with W' hW'
      refine hl.eq_of_isMinOn (fun A hA => ?_) hmin (Set.mem_univ _) (Set.mem_univ _)
      exact hW'.trans (hmin hA)
    exact not_eventually_endToEnd_eq hH W hconst
  · -- the loss is strictly convex along the line through `0` and the end-to-end matrix
    obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
    have hR : endToEnd W ≠ 0 := by
      intro h0
      rw [h0, rank_zero] at hr
      omega
    have hev : ∀ᶠ t in 𝓝 (0 : ℝ), l ((1 + t) • endToEnd W) ≤ l (endToEnd W) := by
      filter_upwards [(tendsto_mulFirst_one_add_smul W 1).eventually hmax] with t ht
      rw [endToEnd_mulFirst, Matrix.mul_add, Matrix.mul_smul, Matrix.mul_one] at ht
      rwa [add_smul, one_smul]
    obtain ⟨t, ht0, ht, ht'⟩ := hev.exists_ne_zero_and_neg
    have hne : (1 + t) • endToEnd W ≠ (1 + -t) • endToEnd W := by
      intro h
      have h2 : (2 * t) • endToEnd W = 0 := by
        rw [← sub_eq_zero] at h
        rw [← h]
        module
      rcases smul_eq_zero.1 h2 with h3 | h3
      · exact ht0 (by simpa using h3)
      · exact hR h3
    have hmid := hl.2 (Set.mem_univ _) (Set.mem_univ _) hne (by norm_num : (0 : ℝ) < 1 / 2)
      (by norm_num : (0 : ℝ) < 1 / 2) (by norm_num)
    rw [show (1 / 2 : ℝ) • (1 + t) • endToEnd W + (1 / 2 : ℝ) • (1 + -t) • endToEnd W = endToEnd W
      by
      module, smul_eq_mul, smul_eq_mul] at hmid
    linarith

section DatasetLoss

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- At a local maximum of the dataset loss whose end-to-end matrix `R` has the rank of the
bottleneck width, `R B X = 0` for every `B`: along `R (1 + t B)` the loss is a quadratic in `t`. -/
lemma endToEnd_mul_mul_eq_zero_of_isLocalMax (hH : 1 ≤ H)
    (hW : IsLocalMax (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W)
    (B : Matrix (ι 0) (ι 0) ℝ) : endToEnd W * B * X = 0 := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  set R := endToEnd W
  have hline : ∀ t : ℝ, datasetLoss X Y (endToEnd (mulFirst W (1 + t • B))) =
      datasetLoss X Y R + t * ((R * (X * Xᵀ) - Y * Xᵀ) * (R * B)ᵀ).trace +
        t ^ 2 / 2 * (R * B * (X * Xᵀ) * (R * B)ᵀ).trace := by
    intro t
    rw [endToEnd_mulFirst, Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul,
      datasetLoss_eq_quadraticLoss, quadraticLoss_add_smul _ _ _ _ (by simp)]
  have hsq : (R * B * (X * Xᵀ) * (R * B)ᵀ).trace = (R * B * X * (R * B * X)ᵀ).trace := by
    rw [Matrix.transpose_mul (R * B) X]
    simp only [Matrix.mul_assoc]
  set b := ((R * (X * Xᵀ) - Y * Xᵀ) * (R * B)ᵀ).trace
  set q := (R * B * (X * Xᵀ) * (R * B)ᵀ).trace with hq
  have hq0 : 0 ≤ q := hsq ▸ trace_mul_transpose_self_nonneg (R * B * X)
  have hle : ∀ᶠ t in 𝓝 (0 : ℝ), t * b + t ^ 2 / 2 * q ≤ 0 := by
    filter_upwards [(tendsto_mulFirst_one_add_smul W B).eventually hW] with t ht
    have h := hline t
    have ht' : datasetLoss X Y (endToEnd (mulFirst W (1 + t • B))) ≤ datasetLoss X Y R := ht
    linarith
  obtain ⟨t, ht0, ht, ht'⟩ := hle.exists_ne_zero_and_neg
  have ht2 : 0 < t ^ 2 := by positivity
  have hq1 : q = 0 :=
    le_antisymm (le_of_mul_le_mul_left (by linarith : t ^ 2 * q ≤ t ^ 2 * 0) ht2) hq0
  exact trace_mul_transpose_self_eq_zero_iff.1 (hsq ▸ hq1)

/-- **Kawaguchi 2016, Theorem 2.3 (iii)** for the dataset loss, whatever the data are: if no layer
is empty, every critical point that is not a global minimum is a saddle point. -/
theorem isSaddle_of_isCritical [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hW : IsCritical W (datasetLoss X Y))
    (hmin : ¬ IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W) :
    IsSaddle W (datasetLoss X Y) := by
  refine ⟨hW, fun h => hmin (isMinOn_of_isLocalMin_of_any_data W X Y h), fun hmax => hmin ?_⟩
  have hl' := hasGateauxDerivAt_datasetLoss X Y (endToEnd W)
  rcases (rank_endToEnd_le W).lt_or_eq with hr | hr
  · -- Case A for minus the loss
    have hneg : HasGateauxDerivAt (fun A => -datasetLoss X Y A)
        (-innerProduct ((endToEnd W * X - Y) * Xᵀ)) (endToEnd W) := fun V => (hl' V).fun_neg
    have hzero := neg_eq_zero.1 (deriv_eq_zero_of_isLocalMin_of_rank_lt hneg hmax.neg hr)
    exact fun W' _ => isMinOn_of_hasGateauxDerivAt_zero (convexOn_datasetLoss X Y)
      (hzero ▸ hl') (Set.mem_univ (endToEnd W'))
  · -- `X = 0`, so the loss is constant
    have hR : endToEnd W ≠ 0 := by
      have hp := one_le_bottleneck_iff.2 (inferInstance : ∀ k, Nonempty (ι k))
      intro h0
      rw [h0, rank_zero] at hr
      omega
    obtain ⟨i, j, hij⟩ : ∃ i j, endToEnd W i j ≠ 0 := by
      by_contra! h
      exact hR (Matrix.ext h)
    have hX : X = 0 := by
      ext k a
      have h := endToEnd_mul_mul_eq_zero_of_isLocalMax hH hmax (Matrix.single j k 1)
      have h' := congrFun (congrFun h i) a
      rw [Matrix.mul_assoc, Matrix.mul_apply, Finset.sum_eq_single j] at h'
      · simpa [Matrix.single_mul_apply_same, hij] using h'
      · intro b _ hb
        simp [Matrix.single_mul_apply_of_ne _ _ _ _ _ hb]
      · simp
    intro W' _
    simp [datasetLoss, hX]

variable (ι X Y)

/-- **Problem 3.2**, as the assignment puts it: no bottleneck, and by Lu and Kawaguchi's Theorem 2.3
the origin is no local minimum: without a bottleneck every matrix is an end-to-end matrix, and the
derivative of the loss at `0` is not zero. -/
theorem isSaddle_zero_of_noBottleneck (hH : 2 ≤ H) (hι : NoBottleneck ι) (hXY : X * Yᵀ ≠ 0) :
    IsSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  -- neither the input nor the output is empty, so no layer is
  have hne : ∀ k, Nonempty (ι k) := by
    have hpos : 1 ≤ min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) := by
      by_contra! h
      refine hXY (Matrix.ext fun i j => ?_)
      have hi : 0 < Fintype.card (ι 0) := Fintype.card_pos_iff.2 ⟨i⟩
      have hj : 0 < Fintype.card (ι (Fin.last H)) := Fintype.card_pos_iff.2 ⟨j⟩
      omega
    exact fun k => Fintype.card_pos_iff.1 (hpos.trans (hι k))
  have hcrit := isCritical_zero ι X Y hH
  refine ⟨hcrit, fun h => ?_,
    (not_isLocalMin_zero_and_not_isLocalMax_zero ι X Y (by omega) hXY).2⟩
  have hderiv := hasGateauxDerivAt_datasetLoss X Y (endToEnd (0 : Weights ι ℝ))
  have hmin : IsMinOn (datasetLoss X Y) Set.univ (endToEnd (0 : Weights ι ℝ)) := by
    have hglobal := (isMinOn_univ_iff_isMinOn_rank_le (by omega) _ _).1
      (isMinOn_of_isLocalMin_of_any_data 0 X Y h)
    refine fun A _ => hglobal ?_
    have hrank : A.rank ≤ min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) :=
      le_min (rank_le_card_width A) (rank_le_card_height A)
    rwa [← noBottleneck_iff.1 hι] at hrank
  -- where a differentiable function is minimal its derivative vanishes
  have hzero : innerProduct ((endToEnd (0 : Weights ι ℝ) * X - Y) * Xᵀ) = 0 := by
    refine LinearMap.ext fun V => ?_
    refine IsLocalMin.hasDerivAt_eq_zero ?_ (hderiv V)
    refine Filter.Eventually.of_forall fun t => ?_
    simpa using hmin (Set.mem_univ (endToEnd (0 : Weights ι ℝ) + t • V))
  have h0 := innerProduct_eq_zero_iff.1 hzero
  have hE : endToEnd (0 : Weights ι ℝ) = 0 := by
    simpa [zero_pow (by omega : H ≠ 0)] using endToEnd_smul (0 : Weights ι ℝ) 0
  rw [hE, Matrix.zero_mul, zero_sub, Matrix.neg_mul, neg_eq_zero] at h0
  refine hXY ?_
  rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_transpose, h0,
    Matrix.transpose_zero]

end DatasetLoss

section StrictSaddles

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A strict saddle: critical, with a direction of negative second derivative. -/
def IsStrictSaddle (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  IsCritical W l ∧ ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧
    HasDerivAt (deriv fun t : ℝ => l (endToEnd (W + t • V))) c 0

variable {W : Weights ι ℝ}

lemma isCritical_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsCritical W (fun A => l A + c) ↔ IsCritical W l := by
  simp only [IsCritical, HasLineDerivAt, hasDerivAt_add_const_iff]

lemma isStrictSaddle_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsStrictSaddle W (fun A => l A + c) ↔ IsStrictSaddle W l := by
  have hderiv : ∀ f : ℝ → ℝ, (deriv fun t => f t + c) = deriv f := fun f => by
    funext t
    exact deriv_add_const c
  simp only [IsStrictSaddle, isCritical_add_const,
    hderiv fun t : ℝ => l (endToEnd (W + t • _))]

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- The second derivative of the dataset loss along a line. -/
lemma hasDerivAt_deriv_datasetLoss_line (W V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    HasDerivAt (deriv fun t : ℝ => datasetLoss X Y (endToEnd (W + t • V)))
      (datasetHessian W X Y V V) 0 := by
  let f : ℝ → ℝ := fun t => datasetLoss X Y (endToEnd (W + t • V))
  have heq : (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • V + b • V))) 0) =
      deriv f := by
    funext a
    have hshift : (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • V + b • V))) =
        fun b : ℝ => f (a + b) := by
      funext b
      simp only [f, add_smul, add_assoc]
    rw [hshift, deriv_comp_const_add f a, add_zero]
  exact heq ▸ hasDerivAt_deriv_datasetLoss W V V X Y

/-- A critical point of the dataset loss with a direction of negative curvature. -/
lemma isStrictSaddle_of_datasetHessian_neg {W V : Weights ι ℝ}
    (hW : IsCritical W (datasetLoss X Y)) (hV : datasetHessian W X Y V V < 0) :
    IsStrictSaddle W (datasetLoss X Y) :=
  ⟨hW, V, _, hV, hasDerivAt_deriv_datasetLoss_line W V X Y⟩

variable (ι X Y)

/-- With at least three weight matrices the origin is not a strict saddle of the dataset loss. -/
theorem not_isStrictSaddle_zero (hH : 3 ≤ H) :
    ¬ IsStrictSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  rintro ⟨-, V, c, hc, h⟩
  have h0 := hasDerivAt_deriv_datasetLoss_line (0 : Weights ι ℝ) V X Y
  rw [datasetHessian_zero V V X Y hH] at h0
  exact hc.ne (h.unique h0)

end StrictSaddles

end DeepLinear
