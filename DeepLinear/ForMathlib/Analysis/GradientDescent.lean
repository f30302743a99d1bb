/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Analysis.Calculus.Deriv.MeanValue
public import Mathlib.Analysis.Calculus.Deriv.Pow
public import Mathlib.Analysis.Normed.Module.Basic
public import Mathlib.Analysis.SpecificLimits.Basic
public import Mathlib.Topology.MetricSpace.Cauchy

/-!
# Gradient descent near a minimum

Let every step that stays in a ball lower the loss by half of its length times the square of the
gradient, and let the square of the gradient be at least `2 μ` times the distance of the loss to its
least value there (a local Polyak-Łojasiewicz inequality). From a start whose loss is near enough to
the least one, the steps stay in the ball, the loss converges at a linear rate, and so do the
points.

## Main statements

* `exists_tendsto_of_gradientDescent`: stays, rate, and convergence.
* `le_add_add_div_two`: Taylor's bound from a bound on the second derivative.
-/

@[expose] public section

open Set Filter Topology Metric

/-- Taylor's bound of second order on the unit interval. -/
theorem le_add_add_div_two {f f' f'' : ℝ → ℝ} {B : ℝ} (hf : ∀ t, HasDerivAt f (f' t) t)
    (hf' : ∀ t, HasDerivAt f' (f'' t) t) (hB : ∀ t ∈ Icc (0 : ℝ) 1, f'' t ≤ B) :
    f 1 ≤ f 0 + f' 0 + B / 2 := by
  have hk : ∀ t, HasDerivAt (fun t => f' 0 + B * t - f' t) (B - f'' t) t := fun t => by
    have h := (((hasDerivAt_id' t).const_mul B).const_add (f' 0)).fun_sub (hf' t)
    simpa using h
  have hkmono : MonotoneOn (fun t => f' 0 + B * t - f' t) (Icc 0 1) := by
    refine monotoneOn_of_deriv_nonneg (convex_Icc 0 1)
      (fun t _ => (hk t).continuousAt.continuousWithinAt)
      (fun t _ => (hk t).differentiableAt.differentiableWithinAt) fun t ht => ?_
    rw [(hk t).deriv]
    have := hB t (interior_subset ht)
    linarith
  have hh : ∀ t, HasDerivAt (fun t => f' 0 * t + B * t ^ 2 / 2 - f t) (f' 0 + B * t - f' t) t := by
    intro t
    have h := (((hasDerivAt_id' t).const_mul (f' 0)).fun_add
      ((((hasDerivAt_id' t).fun_pow 2).const_mul B).div_const 2)).fun_sub (hf t)
    refine h.congr_deriv ?_
    simp
    ring
  have hmono : MonotoneOn (fun t => f' 0 * t + B * t ^ 2 / 2 - f t) (Icc 0 1) := by
    refine monotoneOn_of_deriv_nonneg (convex_Icc 0 1)
      (fun t _ => (hh t).continuousAt.continuousWithinAt)
      (fun t _ => (hh t).differentiableAt.differentiableWithinAt) fun t ht => ?_
    rw [(hh t).deriv]
    have h := hkmono (left_mem_Icc.2 zero_le_one) (interior_subset ht) (interior_subset ht).1
    simpa using h
  have h := hmono (left_mem_Icc.2 zero_le_one) (right_mem_Icc.2 zero_le_one) zero_le_one
  simp only [mul_zero, mul_one, one_pow] at h
  norm_num at h
  linarith

variable {E : Type*} [NormedAddCommGroup E] [NormedSpace ℝ E] {L : E → ℝ} {g : E → E} {x₀ : E}
  {r μ η m : ℝ}

/-- How far a step goes, by how much the root of the loss falls. -/
lemma mul_norm_le_of_decrease {d d' G t : ℝ} (hμ : 0 < μ) (ht : 0 ≤ t) (hG : 0 ≤ G) (hd' : 0 ≤ d')
    (hPL : 2 * μ * d ≤ G ^ 2) (hdec : d' ≤ d - t / 2 * G ^ 2) :
    t * G ≤ 4 / √(2 * μ) * (√d - √d') := by
  have hs : 0 < √(2 * μ) := Real.sqrt_pos.2 (by positivity)
  have hd : 0 ≤ d := by linarith [mul_nonneg ht (sq_nonneg G)]
  have hle : √d' ≤ √d := Real.sqrt_le_sqrt (by linarith [mul_nonneg ht (sq_nonneg G)])
  have hroot : √(2 * μ) * √d ≤ G := by
    rw [← Real.sqrt_mul (by positivity)]
    exact Real.sqrt_le_iff.2 ⟨hG, hPL⟩
  have hsq : √d ^ 2 - √d' ^ 2 = d - d' := by rw [Real.sq_sqrt hd, Real.sq_sqrt hd']
  rw [div_mul_eq_mul_div, le_div_iff₀ hs]
  generalize √(2 * μ) = σ at *
  rcases (Real.sqrt_nonneg d).eq_or_lt with h0 | hpos
  · have hd'0 : √d' = 0 := le_antisymm (by rw [h0]; exact hle) (Real.sqrt_nonneg _)
    rw [← h0, hd'0] at hsq
    have hzero : t * G ^ 2 ≤ 0 := by linarith
    have : t * G = 0 := by
      rcases hG.eq_or_lt with h | h
      · rw [← h, mul_zero]
      · have : t ≤ 0 := by
          by_contra! hpos
          exact absurd hzero (not_le_of_gt (by positivity))
        rw [le_antisymm this ht, zero_mul]
    rw [this, ← h0, hd'0]
    simp
  · generalize √d = u at *
    generalize √d' = w at *
    have h1 : 2 * (t * G * (σ * u)) ≤ 4 * ((u - w) * (u + w)) := by
      have := mul_le_mul_of_nonneg_left hroot (mul_nonneg ht hG)
      linarith
    have h2 : (u - w) * (u + w) ≤ (u - w) * (2 * u) :=
      mul_le_mul_of_nonneg_left (by linarith) (by linarith)
    have h3 : (t * G * σ) * u ≤ (4 * (u - w)) * u := by linarith
    exact le_of_mul_le_mul_right h3 hpos

/-- What holds of the points of gradient descent: the way to them is no longer than the root of the
loss has fallen. -/
def IsOnTheWay (L : E → ℝ) (x₀ : E) (m μ : ℝ) (x : E) : Prop :=
  ‖x - x₀‖ + 4 / √(2 * μ) * √(L x - m) ≤ 4 / √(2 * μ) * √(L x₀ - m)

/-- A step that stays in the ball is on the way. -/
lemma isOnTheWay_step_of_mem (hμ : 0 < μ)
    (hdec : ∀ x ∈ closedBall x₀ r, ∀ t ∈ Icc 0 η, x - t • g x ∈ closedBall x₀ r →
      L (x - t • g x) ≤ L x - t / 2 * ‖g x‖ ^ 2)
    (hPL : ∀ x ∈ closedBall x₀ r, 2 * μ * (L x - m) ≤ ‖g x‖ ^ 2)
    (hm : ∀ x ∈ closedBall x₀ r, m ≤ L x) {x : E} (hx : x ∈ closedBall x₀ r)
    (hway : IsOnTheWay L x₀ m μ x) {t : ℝ} (ht : t ∈ Icc 0 η)
    (hy : x - t • g x ∈ closedBall x₀ r) : IsOnTheWay L x₀ m μ (x - t • g x) := by
  have h := mul_norm_le_of_decrease hμ ht.1 (norm_nonneg (g x)) (sub_nonneg.2 (hm _ hy)) (hPL x hx)
    (by linarith [hdec x hx t ht hy] : L (x - t • g x) - m ≤ L x - m - t / 2 * ‖g x‖ ^ 2)
  have hnorm : ‖x - t • g x - x₀‖ ≤ ‖x - x₀‖ + t * ‖g x‖ := by
    rw [show x - t • g x - x₀ = (x - x₀) - t • g x by abel]
    refine (norm_sub_le _ _).trans_eq ?_
    rw [norm_smul, Real.norm_of_nonneg ht.1]
  rw [IsOnTheWay] at hway ⊢
  linarith

/-- A whole step stays in the ball. -/
lemma step_mem_closedBall (hμ : 0 < μ) (hη : 0 ≤ η)
    (hdec : ∀ x ∈ closedBall x₀ r, ∀ t ∈ Icc 0 η, x - t • g x ∈ closedBall x₀ r →
      L (x - t • g x) ≤ L x - t / 2 * ‖g x‖ ^ 2)
    (hPL : ∀ x ∈ closedBall x₀ r, 2 * μ * (L x - m) ≤ ‖g x‖ ^ 2)
    (hm : ∀ x ∈ closedBall x₀ r, m ≤ L x) (hr : 4 / √(2 * μ) * √(L x₀ - m) < r) {x : E}
    (hx : x ∈ closedBall x₀ r) (hway : IsOnTheWay L x₀ m μ x) :
    x - η • g x ∈ closedBall x₀ r := by
  have hs : 0 ≤ 4 / √(2 * μ) := by positivity
  have hnear : ∀ y, IsOnTheWay L x₀ m μ y → ‖y - x₀‖ < r := fun y hy => by
    have := mul_nonneg hs (Real.sqrt_nonneg (L y - m))
    rw [IsOnTheWay] at hy
    linarith
  by_contra hout
  rw [mem_closedBall, dist_eq_norm, not_le] at hout
  have hcont : ContinuousOn (fun t : ℝ => ‖x - t • g x - x₀‖) (Icc 0 η) := by fun_prop
  obtain ⟨t, ht, htr⟩ := intermediate_value_Icc hη hcont
    ⟨by simpa using (hnear x hway).le, hout.le⟩
  have hy : x - t • g x ∈ closedBall x₀ r := by
    rw [mem_closedBall, dist_eq_norm]
    exact htr.le
  exact absurd htr (hnear _ (isOnTheWay_step_of_mem hμ hdec hPL hm hx hway ht hy)).ne

/-- A nonnegative sequence that shrinks by a factor at every step. -/
lemma le_pow_mul_of_le_mul {d : ℕ → ℝ} {q : ℝ} (hd : ∀ k, 0 ≤ d k)
    (h : ∀ k, d (k + 1) ≤ q * d k) (k : ℕ) : d k ≤ q ^ k * d 0 := by
  rcases (hd 0).eq_or_lt with hzero | hpos
  · have hall : ∀ k, d k = 0 := fun k => by
      induction k with
      | zero => exact hzero.symm
      | succ k ih => exact le_antisymm ((h k).trans_eq (by rw [ih, mul_zero])) (hd _)
    rw [hall k, hall 0, mul_zero]
  · have hq : 0 ≤ q := nonneg_of_mul_nonneg_left ((hd 1).trans (h 0)) hpos
    induction k with
    | zero => rw [pow_zero, one_mul]
    | succ k ih =>
      refine (h k).trans ?_
      rw [pow_succ', mul_assoc]
      exact mul_le_mul_of_nonneg_left ih hq

/-- If the factor is below `1`, then it tends to `0`. -/
lemma tendsto_zero_of_le_mul {d : ℕ → ℝ} {q : ℝ} (hd : ∀ k, 0 ≤ d k)
    (h : ∀ k, d (k + 1) ≤ q * d k) (hq1 : q < 1) : Tendsto d atTop (𝓝 0) := by
  rcases (hd 0).eq_or_lt with hzero | hpos
  · have hall : ∀ k, d k = 0 := fun k =>
      le_antisymm ((le_pow_mul_of_le_mul hd h k).trans_eq (by rw [← hzero, mul_zero])) (hd k)
    rw [funext hall]
    exact tendsto_const_nhds
  · have hq : 0 ≤ q := nonneg_of_mul_nonneg_left ((hd 1).trans (h 0)) hpos
    have hlim := (tendsto_pow_atTop_nhds_zero_of_lt_one hq hq1).mul_const (d 0)
    rw [zero_mul] at hlim
    exact squeeze_zero hd (le_pow_mul_of_le_mul hd h) hlim

/-- **Gradient descent near a minimum** converges at a linear rate, if the loss of the start is near
enough to the least one. -/
theorem exists_tendsto_of_gradientDescent [CompleteSpace E] (hμ : 0 < μ) (hη : 0 < η)
    (hdec : ∀ x ∈ closedBall x₀ r, ∀ t ∈ Icc 0 η, x - t • g x ∈ closedBall x₀ r →
      L (x - t • g x) ≤ L x - t / 2 * ‖g x‖ ^ 2)
    (hPL : ∀ x ∈ closedBall x₀ r, 2 * μ * (L x - m) ≤ ‖g x‖ ^ 2)
    (hm : ∀ x ∈ closedBall x₀ r, m ≤ L x) (hL : Continuous L)
    (hr : 4 / √(2 * μ) * √(L x₀ - m) < r) {x : ℕ → E} (h0 : x 0 = x₀)
    (hstep : ∀ k, x (k + 1) = x k - η • g (x k)) :
    (∀ k, x k ∈ closedBall x₀ r ∧ L (x k) - m ≤ (1 - η * μ) ^ k * (L x₀ - m)) ∧
      ∃ y, Tendsto x atTop (𝓝 y) ∧ L y = m := by
  have hs : 0 ≤ 4 / √(2 * μ) := by positivity
  have hr0 : 0 ≤ r := (mul_nonneg hs (Real.sqrt_nonneg _)).trans hr.le
  have hin : ∀ k, x k ∈ closedBall x₀ r ∧ IsOnTheWay L x₀ m μ (x k) := by
    intro k
    induction k with
    | zero =>
      rw [h0]
      exact ⟨mem_closedBall_self hr0, by simp [IsOnTheWay]⟩
    | succ k ih =>
      have hy := step_mem_closedBall hμ hη.le hdec hPL hm hr ih.1 ih.2
      rw [hstep]
      exact ⟨hy, isOnTheWay_step_of_mem hμ hdec hPL hm ih.1 ih.2 ⟨hη.le, le_rfl⟩ hy⟩
  have hd : ∀ k, 0 ≤ L (x k) - m := fun k => sub_nonneg.2 (hm _ (hin k).1)
  have hfall : ∀ k, L (x (k + 1)) - m ≤ L (x k) - m - η / 2 * ‖g (x k)‖ ^ 2 := fun k => by
    have h := hdec _ (hin k).1 η ⟨hη.le, le_rfl⟩ (by rw [← hstep]; exact (hin (k + 1)).1)
    rw [← hstep] at h
    linarith
  have hone : ∀ k, L (x (k + 1)) - m ≤ (1 - η * μ) * (L (x k) - m) := fun k => by
    have h := mul_le_mul_of_nonneg_left (hPL _ (hin k).1) hη.le
    linarith [hfall k]
  have hrate : ∀ k, L (x k) - m ≤ (1 - η * μ) ^ k * (L x₀ - m) := fun k => by
    have h := le_pow_mul_of_le_mul (d := fun k => L (x k) - m) hd hone k
    rwa [h0] at h
  refine ⟨fun k => ⟨(hin k).1, hrate k⟩, ?_⟩
  -- the way is no longer than the root of the loss falls
  obtain ⟨d, hdd⟩ : ∃ d : ℕ → ℝ, d = fun k => 4 / √(2 * μ) * (√(L (x k) - m) -
    √(L (x (k + 1)) - m)) := ⟨_, rfl⟩
  have hdist : ∀ k, dist (x k) (x (k + 1)) ≤ d k := fun k => by
    rw [dist_comm, dist_eq_norm, hstep, sub_sub_cancel_left, norm_neg, norm_smul,
      Real.norm_of_nonneg hη.le, hdd]
    exact mul_norm_le_of_decrease hμ hη.le (norm_nonneg _) (hd _) (hPL _ (hin k).1) (hfall k)
  have hsum : Summable d := by
    refine summable_of_sum_range_le (c := 4 / √(2 * μ) * √(L (x 0) - m))
      (fun k => dist_nonneg.trans (hdist k)) fun n => ?_
    rw [hdd, ← Finset.mul_sum, Finset.sum_range_sub' fun k => √(L (x k) - m)]
    refine mul_le_mul_of_nonneg_left ?_ hs
    linarith [Real.sqrt_nonneg (L (x n) - m)]
  obtain ⟨y, hy⟩ := cauchySeq_tendsto_of_complete (cauchySeq_of_dist_le_of_summable d hdist hsum)
  refine ⟨y, hy, ?_⟩
  have hlim : Tendsto (fun k => L (x k) - m) atTop (𝓝 (L y - m)) :=
    ((hL.tendsto y).comp hy).sub_const m
  have hzero : Tendsto (fun k => L (x k) - m) atTop (𝓝 0) :=
    tendsto_zero_of_le_mul hd hone (by linarith [mul_pos hη hμ])
  linarith [tendsto_nhds_unique hlim hzero]
