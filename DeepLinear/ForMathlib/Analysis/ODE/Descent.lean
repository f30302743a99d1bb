/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Analysis.Calculus.BumpFunction.FiniteDimension
public import Mathlib.Analysis.Calculus.ContDiff.RCLike
public import Mathlib.Analysis.ODE.ExistUnique
public import Mathlib.Analysis.SpecificLimits.Normed

/-!
# Flows along which a function descends

Let `v` be a continuously differentiable vector field on a normed space of finite dimension, and `L`
a differentiable function with `‖v x‖² ≤ - L'(x) v(x)`, as for the gradient flow of `L`. A solution
moves no farther than `L` allows, so that it cannot leave in finite time if `L` is bounded below:
there is exactly one solution for all times.

The norm is any norm; all that is asked is the inequality.

## Main statements

* `norm_sub_le_of_descent`: how far a solution moves.
* `exists_flow_of_descent`: there is a solution for all times.
* `eqOn_of_hasDerivWithinAt`: there is only one.
* `exists_tendsto_of_norm_sub_le_geometric`: a curve that moves less and less converges.
-/

@[expose] public section

open Set Metric Topology NNReal

variable {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E]

/-- A solution moves no farther than the descent allows. -/
theorem norm_sub_le_of_descent {v : E → E} {L : E → ℝ} {L' : E → E →L[ℝ] ℝ}
    (hL : ∀ x, HasFDerivAt L (L' x) x) (hdesc : ∀ x, ‖v x‖ ^ 2 ≤ -L' x (v x)) {α : ℝ → E} {a b : ℝ}
    (hα : ∀ u ∈ Icc a b, HasDerivWithinAt α (v (α u)) (Icc a b) u) (hab : a ≤ b) {δ : ℝ}
    (hδ : 0 < δ) : ‖α b - α a‖ ≤ δ * (b - a) / 2 + (L (α a) - L (α b)) / (2 * δ) := by
  have hright : ∀ u ∈ Ico a b, HasDerivWithinAt α (v (α u)) (Ici u) u := fun u hu =>
    (hα u ⟨hu.1, hu.2.le⟩).mono_of_mem_nhdsWithin
      (Filter.mem_of_superset (Icc_mem_nhdsGE hu.2) (Icc_subset_Icc_left hu.1))
  have hcont : ContinuousOn α (Icc a b) := fun u hu => (hα u hu).continuousWithinAt
  have hLcont : ContinuousOn (fun u => L (α u)) (Icc a b) := fun u hu =>
    (hL (α u)).continuousAt.comp_continuousWithinAt (hcont u hu)
  have hLright : ∀ u ∈ Ico a b,
      HasDerivWithinAt (fun u => L (α u)) (L' (α u) (v (α u))) (Ici u) u := fun u hu =>
    (hL (α u)).comp_hasDerivWithinAt u (hright u hu)
  refine image_norm_le_of_norm_deriv_right_le_deriv_boundary' (f := fun u => α u - α a)
    (f' := fun u => v (α u))
    (B := fun u => δ * (u - a) / 2 + (L (α a) - L (α u)) / (2 * δ))
    (B' := fun u => δ * 1 / 2 + -L' (α u) (v (α u)) / (2 * δ))
    (hcont.sub continuousOn_const) (fun u hu => (hright u hu).sub_const _) (by simp) ?_ ?_ ?_
    (right_mem_Icc.2 hab)
  · exact ((continuousOn_const.mul (continuousOn_id.sub continuousOn_const)).div_const 2).add
      ((continuousOn_const.sub hLcont).div_const _)
  · intro u hu
    have h1 : HasDerivWithinAt (fun u => δ * (u - a) / 2) (δ * 1 / 2) (Ici u) u :=
      (((hasDerivWithinAt_id u _).sub_const a).const_mul δ).div_const 2
    exact h1.fun_add (((hLright u hu).const_sub _).div_const _)
  · intro u hu
    have h := hdesc (α u)
    have h2 : ‖v (α u)‖ ≤ δ / 2 + ‖v (α u)‖ ^ 2 / (2 * δ) := by
      rw [← sub_nonneg]
      have : δ / 2 + ‖v (α u)‖ ^ 2 / (2 * δ) - ‖v (α u)‖ = (‖v (α u)‖ - δ) ^ 2 / (2 * δ) := by
        field_simp
        ring
      rw [this]
      positivity
    have h3 : ‖v (α u)‖ ^ 2 / (2 * δ) ≤ -L' (α u) (v (α u)) / (2 * δ) := by gcongr
    rw [mul_one]
    linarith

variable [FiniteDimensional ℝ E]

/-- A continuously differentiable vector field agrees, on a given ball, with one that is bounded and
Lipschitz and nowhere longer or turned. -/
lemma exists_cutoff {v : E → E} (hv : ContDiff ℝ 1 v) (x₀ : E) {ρ : ℝ} (hρ : 0 < ρ) :
    ∃ (χ : E → ℝ) (K C : ℝ≥0), (∀ x, 0 ≤ χ x ∧ χ x ≤ 1) ∧ (∀ x ∈ closedBall x₀ ρ, χ x = 1) ∧
      LipschitzWith K (fun x => χ x • v x) ∧ ∀ x, ‖χ x • v x‖ ≤ C := by
  let χ : ContDiffBump x₀ := ⟨ρ, ρ + 1, hρ, by linarith⟩
  have hw : ContDiff ℝ 1 fun x => χ x • v x := χ.contDiff.smul hv
  have hcs : HasCompactSupport fun x => χ x • v x := χ.hasCompactSupport.smul_right
  obtain ⟨K, hK⟩ := hw.lipschitzWith_of_hasCompactSupport hcs one_ne_zero
  obtain ⟨C, hC⟩ := hw.continuous.bounded_above_of_compact_support hcs
  exact ⟨χ, K, C.toNNReal, fun x => ⟨χ.nonneg, χ.le_one⟩,
    fun x hx => χ.one_of_mem_closedBall hx, hK, fun x => (hC x).trans (Real.le_coe_toNNReal C)⟩

/-- A flow along which a function that is bounded below descends exists on every interval. -/
theorem exists_flow_Icc_of_descent {v : E → E} (hv : ContDiff ℝ 1 v) {L : E → ℝ}
    {L' : E → E →L[ℝ] ℝ} (hL : ∀ x, HasFDerivAt L (L' x) x)
    (hdesc : ∀ x, ‖v x‖ ^ 2 ≤ -L' x (v x)) (hpos : ∀ x, 0 ≤ L x) (x₀ : E) {T : ℝ} (hT : 0 ≤ T) :
    ∃ α : ℝ → E, α 0 = x₀ ∧ ∀ t ∈ Icc 0 T, HasDerivWithinAt α (v (α t)) (Icc 0 T) t := by
  have hρ : 0 < T / 2 + L x₀ / 2 + 1 := by
    have := hpos x₀
    linarith
  obtain ⟨χ, K, C, hχ, hone, hLip, hC⟩ := exists_cutoff hv x₀ hρ
  have hpl : IsPicardLindelof (fun _ x => χ x • v x) (⟨0, le_rfl, hT⟩ : Icc (0 : ℝ) T) x₀
      (C * T.toNNReal) 0 C K := by
    refine IsPicardLindelof.of_time_independent (fun x _ => hC x) hLip.lipschitzOnWith ?_
    simp [max_eq_left hT, Real.coe_toNNReal T hT]
  obtain ⟨α, h0, hα⟩ := hpl.exists_eq_forall_mem_Icc_hasDerivWithinAt₀
  refine ⟨α, h0, fun t ht => ?_⟩
  have hdesc' : ∀ x, ‖χ x • v x‖ ^ 2 ≤ -L' x (χ x • v x) := fun x => by
    obtain ⟨h1, h2⟩ := hχ x
    rw [norm_smul, mul_pow, Real.norm_eq_abs, sq_abs, map_smul, smul_eq_mul]
    nlinarith [hdesc x, mul_nonneg h1 (sq_nonneg ‖v x‖), mul_le_mul_of_nonneg_left (hdesc x) h1]
  have hball : α t ∈ closedBall x₀ (T / 2 + L x₀ / 2 + 1) := by
    have h := norm_sub_le_of_descent hL hdesc' (a := 0) (b := t)
      (fun u hu => (hα u ⟨hu.1, hu.2.trans ht.2⟩).mono (Icc_subset_Icc_right ht.2)) ht.1 one_pos
    have h0' : α 0 = x₀ := h0
    rw [h0'] at h
    rw [mem_closedBall, dist_eq_norm]
    have := hpos (α t)
    have := ht.2
    linarith
  have h := hα t ht
  rw [hone (α t) hball, one_smul] at h
  exact h

/-- Two solutions with the same start are the same. -/
theorem eqOn_of_hasDerivWithinAt {v : E → E} (hv : ContDiff ℝ 1 v) {α β : ℝ → E} {T : ℝ}
    (hα : ∀ t ∈ Icc 0 T, HasDerivWithinAt α (v (α t)) (Icc 0 T) t)
    (hβ : ∀ t ∈ Icc 0 T, HasDerivWithinAt β (v (β t)) (Icc 0 T) t) (h0 : α 0 = β 0) :
    EqOn α β (Icc 0 T) := by
  have hαc : ContinuousOn α (Icc 0 T) := fun u hu => (hα u hu).continuousWithinAt
  have hβc : ContinuousOn β (Icc 0 T) := fun u hu => (hβ u hu).continuousWithinAt
  obtain ⟨ρ, hρ⟩ := ((isCompact_Icc.image_of_continuousOn hαc).union
    (isCompact_Icc.image_of_continuousOn hβc)).isBounded.subset_closedBall (0 : E)
  obtain ⟨χ, K, C, -, hone, hLip, -⟩ := exists_cutoff hv (0 : E)
    (lt_of_lt_of_le one_pos (le_max_right ρ 1))
  have hin : ∀ {γ : ℝ → E} {t}, γ t ∈ closedBall (0 : E) ρ → χ (γ t) = 1 := fun h =>
    hone _ (closedBall_subset_closedBall (le_max_left ρ 1) h)
  have hright : ∀ {γ : ℝ → E}, (∀ t ∈ Icc 0 T, HasDerivWithinAt γ (v (γ t)) (Icc 0 T) t) →
      (∀ t ∈ Icc 0 T, γ t ∈ closedBall (0 : E) ρ) →
      ∀ t ∈ Ico 0 T, HasDerivWithinAt γ (χ (γ t) • v (γ t)) (Ici t) t := by
    intro γ hγ hball t ht
    rw [hin (hball t ⟨ht.1, ht.2.le⟩), one_smul]
    exact (hγ t ⟨ht.1, ht.2.le⟩).mono_of_mem_nhdsWithin
      (Filter.mem_of_superset (Icc_mem_nhdsGE ht.2) (Icc_subset_Icc_left ht.1))
  exact ODE_solution_unique (v := fun _ x => χ x • v x) (fun _ => hLip) hαc
    (hright hα fun t ht => hρ (Or.inl (mem_image_of_mem α ht))) hβc
    (hright hβ fun t ht => hρ (Or.inr (mem_image_of_mem β ht))) h0

/-- A flow along which a function that is bounded below descends exists for all times. -/
theorem exists_flow_of_descent {v : E → E} (hv : ContDiff ℝ 1 v) {L : E → ℝ}
    {L' : E → E →L[ℝ] ℝ} (hL : ∀ x, HasFDerivAt L (L' x) x)
    (hdesc : ∀ x, ‖v x‖ ^ 2 ≤ -L' x (v x)) (hpos : ∀ x, 0 ≤ L x) (x₀ : E) :
    ∃ α : ℝ → E, α 0 = x₀ ∧ ∀ t, 0 ≤ t → HasDerivWithinAt α (v (α t)) (Ici 0) t := by
  choose! α h0 hα using fun n : ℕ =>
    exists_flow_Icc_of_descent hv hL hdesc hpos x₀ (Nat.cast_nonneg (α := ℝ) n)
  have hagree : ∀ {m n : ℕ} {t : ℝ}, 0 ≤ t → t ≤ m → t ≤ n → α m t = α n t := by
    intro m n t ht hm hn
    have hk : ∀ k : ℕ, t ≤ k → ∀ u ∈ Icc 0 t,
        HasDerivWithinAt (α k) (v (α k u)) (Icc 0 t) u := fun k hk u hu =>
      (hα k u ⟨hu.1, hu.2.trans hk⟩).mono (Icc_subset_Icc_right hk)
    exact eqOn_of_hasDerivWithinAt hv (hk m hm) (hk n hn) ((h0 m).trans (h0 n).symm)
      (right_mem_Icc.2 ht)
  refine ⟨fun t => α (⌈t⌉₊ + 1) t, by simpa using h0 _, fun t ht => ?_⟩
  -- near `t` the curve is the solution on `[0, n]` with `n = ⌈t⌉ + 1`
  have hlt : t < (⌈t⌉₊ + 1 : ℕ) := by
    have := Nat.le_ceil t
    push_cast
    linarith
  have hmem : Icc (0 : ℝ) (⌈t⌉₊ + 1 : ℕ) ∈ 𝓝[Ici 0] t := by
    filter_upwards [self_mem_nhdsWithin, mem_nhdsWithin_of_mem_nhds (Iic_mem_nhds hlt)]
      with u h1 h2 using ⟨h1, h2⟩
  have h := (hα (⌈t⌉₊ + 1) t ⟨ht, hlt.le⟩).mono_of_mem_nhdsWithin hmem
  refine h.congr_of_eventuallyEq ?_ rfl
  filter_upwards [hmem] with u hu
  refine hagree hu.1 ?_ hu.2
  have := Nat.le_ceil u
  push_cast
  linarith

omit [NormedSpace ℝ E] [FiniteDimensional ℝ E] in
/-- A curve that moves in each unit of time by no more than a geometric sequence converges. -/
theorem exists_tendsto_of_norm_sub_le_geometric [CompleteSpace E] {α : ℝ → E} {C q : ℝ}
    (hq0 : 0 ≤ q) (hq1 : q < 1)
    (h : ∀ (k : ℕ) (b : ℝ), (k : ℝ) ≤ b → b ≤ k + 1 → ‖α b - α k‖ ≤ C * q ^ k) :
    ∃ x, Filter.Tendsto α Filter.atTop (𝓝 x) := by
  have hcauchy : CauchySeq fun k : ℕ => α k := by
    refine cauchySeq_of_le_geometric q C hq1 fun k => ?_
    rw [dist_comm, dist_eq_norm]
    have h1 := h k (k + 1) (by linarith) le_rfl
    push_cast
    exact h1
  obtain ⟨x, hx⟩ := cauchySeq_tendsto_of_complete hcauchy
  refine ⟨x, ?_⟩
  have hfloor := hx.comp (tendsto_nat_floor_atTop (α := ℝ))
  have hgeom : Filter.Tendsto (fun t : ℝ => C * q ^ ⌊t⌋₊) Filter.atTop (𝓝 0) := by
    have h1 := (tendsto_pow_atTop_nhds_zero_of_lt_one hq0 hq1).comp
      (tendsto_nat_floor_atTop (α := ℝ))
    simpa using h1.const_mul C
  have hdiff : Filter.Tendsto (fun t : ℝ => α t - α ⌊t⌋₊) Filter.atTop (𝓝 0) := by
    refine squeeze_zero_norm' ?_ hgeom
    filter_upwards [Filter.eventually_ge_atTop (0 : ℝ)] with t ht
    exact h ⌊t⌋₊ t (Nat.floor_le ht) (Nat.lt_floor_add_one t).le
  have hsum := hdiff.add hfloor
  rw [zero_add] at hsum
  refine hsum.congr fun t => ?_
  simp
