/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Analysis.Calculus.Deriv.Mul
public import Mathlib.Analysis.Calculus.LineDeriv.Basic
public import Mathlib.Analysis.Calculus.LocalExtr.Basic
public import Mathlib.Analysis.Convex.Function

/-!
# Local minima along lines, and where a convex function is minimal

## Main statements

* `IsLocalMin.line`: a local minimum is one along each line.
* `IsLocalMinOn.eventually_isLocalMinOn`, `IsLocalMin.eventually_isLocalMin`: points near it of the
  same value are local minima too.
* `Filter.Eventually.exists_ne_zero_and_neg`: what holds near `0` holds on both sides of it.
* `ConvexOn.isMinOn_of_hasLineDerivAt_zero`: where all derivatives along lines vanish.
-/

@[expose] public section

open Topology

section Line

variable {E : Type*} [AddCommGroup E] [Module ℝ E] [TopologicalSpace E] [ContinuousAdd E]
  [ContinuousSMul ℝ E]

/-- The points of a line through `x` tend to `x`. -/
lemma tendsto_add_smul (x v : E) : Filter.Tendsto (fun t : ℝ => x + t • v) (𝓝 0) (𝓝 x) :=
  (by fun_prop : Continuous fun t : ℝ => x + t • v).tendsto' 0 x (by rw [zero_smul, add_zero])

/-- A local minimum is one along each line. -/
lemma IsLocalMin.line {f : E → ℝ} {x : E} (h : IsLocalMin f x) (v : E) :
    IsLocalMin (fun t : ℝ => f (x + t • v)) 0 := by
  have h' : IsLocalMin f (x + (0 : ℝ) • v) := by rwa [zero_smul, add_zero]
  exact h'.comp_continuous (g := fun t : ℝ => x + t • v) (by fun_prop)

end Line

/-- A point near a local minimum within a set, in the set and with the same value, is a local
minimum within the set. -/
lemma IsLocalMinOn.eventually_isLocalMinOn {α β : Type*} [TopologicalSpace α] [Preorder β]
    {f : α → β} {s : Set α} {a : α} (h : IsLocalMinOn f s a) :
    ∀ᶠ b in 𝓝[s] a, f b = f a → IsLocalMinOn f s b := by
  filter_upwards [eventually_eventually_nhdsWithin.2 h] with b hb hfb
  filter_upwards [hb] with c hc
  rwa [hfb]

/-- A point near a local minimum with the same value is a local minimum. -/
lemma IsLocalMin.eventually_isLocalMin {α β : Type*} [TopologicalSpace α] [Preorder β]
    {f : α → β} {a : α} (h : IsLocalMin f a) : ∀ᶠ b in 𝓝 a, f b = f a → IsLocalMin f b := by
  simpa only [isLocalMinOn_univ_iff, nhdsWithin_univ] using
    (h.on Set.univ).eventually_isLocalMinOn

/-- What holds near `0` holds at some `t ≠ 0` and at `-t`. -/
lemma Filter.Eventually.exists_ne_zero_and_neg {p : ℝ → Prop} (h : ∀ᶠ t in 𝓝 0, p t) :
    ∃ t, t ≠ 0 ∧ p t ∧ p (-t) := by
  have hneg := (continuous_neg.tendsto' (0 : ℝ) 0 neg_zero).eventually h
  obtain ⟨t, ht, ht0⟩ := (((h.and hneg).filter_mono nhdsWithin_le_nhds).and
    (self_mem_nhdsWithin (s := {(0 : ℝ)}ᶜ))).exists
  exact ⟨t, ht0, ht⟩

/-- The derivative of a quadratic at `0`. -/
lemma hasDerivAt_quadratic (a b c : ℝ) : HasDerivAt (fun t : ℝ => a + t * b + t ^ 2 * c) b 0 := by
  have h := (((hasDerivAt_id' (0 : ℝ)).mul_const b).const_add a).fun_add
    (((hasDerivAt_id' (0 : ℝ)).fun_mul (hasDerivAt_id' 0)).mul_const c)
  simpa [sq] using h

/-- A convex function is minimal where its derivatives along all lines vanish. -/
lemma ConvexOn.isMinOn_of_hasLineDerivAt_zero {E : Type*} [AddCommGroup E] [Module ℝ E]
    {f : E → ℝ} (hf : ConvexOn ℝ Set.univ f) {x : E} (h : ∀ v, HasLineDerivAt ℝ f 0 x v) :
    IsMinOn f Set.univ x := by
  intro y _
  have hlim := (h (y - x)).tendsto_slope_zero_right
  have hle : ∀ᶠ t in 𝓝[>] (0 : ℝ), t⁻¹ • (f (x + t • (y - x)) - f x) ≤ f y - f x := by
    filter_upwards [Ioc_mem_nhdsGT (one_pos : (0 : ℝ) < 1)] with t ht
    have hc := hf.2 (Set.mem_univ x) (Set.mem_univ y) (sub_nonneg.2 ht.2) ht.1.le
      (by ring : (1 - t) + t = 1)
    rw [show (1 - t) • x + t • y = x + t • (y - x) by module, smul_eq_mul, smul_eq_mul] at hc
    rw [smul_eq_mul, inv_mul_le_iff₀ ht.1]
    linarith
  simpa using le_of_tendsto hlim hle
