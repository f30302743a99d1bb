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
* `IsLocalMinOn.eventually_isLocalMinOn`: points near it of the same value are local minima too.
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
  filter_upwards [(tendsto_add_smul x v).eventually h] with t ht
  rwa [zero_smul, add_zero]

end Line

/-- A point near a local minimum within a set, in the set and with the same value, is a local
minimum within the set. -/
lemma IsLocalMinOn.eventually_isLocalMinOn {α β : Type*} [TopologicalSpace α] [Preorder β]
    {f : α → β} {s : Set α} {a : α} (h : IsLocalMinOn f s a) :
    ∀ᶠ b in 𝓝[s] a, f b = f a → IsLocalMinOn f s b := by
  filter_upwards [eventually_eventually_nhdsWithin.2 h] with b hb hfb
  filter_upwards [hb] with c hc
  rwa [hfb]

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
