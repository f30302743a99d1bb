/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.DeepToShallow
public import Mathlib.LinearAlgebra.Matrix.Notation

/-!
# Where the theorems end

Theorem 2.3 of Lu and Kawaguchi is about the square loss. For another strictly convex loss it can
fail where there is a bottleneck: the network with the widths 2, 1, 2 has, for the loss
`(R₁₁ - 1)² + 2 R₁₂² + 2 R₂₁² + (R₂₂ - 3/2)²`, a local minimum of value `9/4`, and weights of value
`1`.

## Main statements

* `DeepLinear.exists_isLocalMin_not_isMinOn`: a bad local minimum of a strictly convex loss.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

/-- A strictly convex loss of a `2 × 2` matrix: a weighted sum of squares. -/
noncomputable def skewLoss (R : Matrix (Fin 2) (Fin 2) ℝ) : ℝ :=
  (R 0 0 - 1) ^ 2 + 2 * R 0 1 ^ 2 + 2 * R 1 0 ^ 2 + (R 1 1 - 3 / 2) ^ 2

lemma strictConvexOn_skewLoss : StrictConvexOn ℝ Set.univ skewLoss := by
  refine ⟨convex_univ, fun A _ B _ hAB a b ha hb hab => ?_⟩
  obtain rfl : a = 1 - b := by linarith
  have hpos : 0 < (A 0 0 - B 0 0) ^ 2 + 2 * (A 0 1 - B 0 1) ^ 2 + 2 * (A 1 0 - B 1 0) ^ 2 +
      (A 1 1 - B 1 1) ^ 2 := by
    have key : ∀ x y z w : ℝ, x ^ 2 + 2 * y ^ 2 + 2 * z ^ 2 + w ^ 2 ≤ 0 →
        x = 0 ∧ y = 0 ∧ z = 0 ∧ w = 0 := by
      intro x y z w h
      refine ⟨?_, ?_, ?_, ?_⟩ <;> refine pow_eq_zero_iff two_ne_zero |>.1 ?_ <;>
        linarith [sq_nonneg x, sq_nonneg y, sq_nonneg z, sq_nonneg w]
    by_contra! h
    obtain ⟨h00, h01, h10, h11⟩ := key _ _ _ _ h
    refine hAB (Matrix.ext fun i j => ?_)
    fin_cases i <;> fin_cases j
    · exact sub_eq_zero.1 h00
    · exact sub_eq_zero.1 h01
    · exact sub_eq_zero.1 h10
    · exact sub_eq_zero.1 h11
  simp only [skewLoss, Matrix.add_apply, Matrix.smul_apply, smul_eq_mul]
  linear_combination mul_pos (mul_pos ha hb) hpos

/-- The loss is differentiable, along every line and linearly in the direction. -/
lemma hasGateauxDerivAt_skewLoss (A : Matrix (Fin 2) (Fin 2) ℝ) :
    HasGateauxDerivAt skewLoss (innerProduct !![2 * (A 0 0 - 1), 4 * A 0 1; 4 * A 1 0,
      2 * (A 1 1 - 3 / 2)]) A := by
  intro V
  have hquad : (fun t : ℝ => skewLoss (A + t • V)) = fun t : ℝ =>
      skewLoss A + t * innerProduct !![2 * (A 0 0 - 1), 4 * A 0 1; 4 * A 1 0,
        2 * (A 1 1 - 3 / 2)] V +
      t ^ 2 * (V 0 0 ^ 2 + 2 * V 0 1 ^ 2 + 2 * V 1 0 ^ 2 + V 1 1 ^ 2) := by
    funext t
    simp only [skewLoss, innerProduct_apply, trace_mul_transpose, Fin.sum_univ_two,
      Matrix.add_apply, Matrix.smul_apply, smul_eq_mul, Matrix.of_apply, Matrix.cons_val',
      Matrix.cons_val_zero, Matrix.cons_val_one, Matrix.cons_val_fin_one]
    ring
  rw [HasLineDerivAt, hquad]
  exact hasDerivAt_quadratic _ _ _

/-- The widths of the network: 2, 1, 2. -/
abbrev skewWidths : Fin 3 → Type :=
  fun k => Fin (![2, 1, 2] k)

/-- The weights `W₁ = (1 0)` and `W₂ = W₁ᵀ`. -/
def skewWeights : Weights skewWidths ℝ
  | 0 => (!![1, 0] : Matrix (Fin 1) (Fin 2) ℝ)
  | 1 => (!![1; 0] : Matrix (Fin 2) (Fin 1) ℝ)

/-- The weights `W₁ = (0 1)` and `W₂ = (0 3/2)ᵀ`. -/
noncomputable def skewBetter : Weights skewWidths ℝ
  | 0 => (!![0, 1] : Matrix (Fin 1) (Fin 2) ℝ)
  | 1 => (!![0; 3 / 2] : Matrix (Fin 2) (Fin 1) ℝ)

/-- The first layer. -/
def skewFirst (W : Weights skewWidths ℝ) : Matrix (Fin 1) (Fin 2) ℝ :=
  W 0

/-- The second layer. -/
def skewSecond (W : Weights skewWidths ℝ) : Matrix (Fin 2) (Fin 1) ℝ :=
  W 1

/-- The end-to-end matrix of the network. -/
lemma endToEnd_skew (W : Weights skewWidths ℝ) : endToEnd W = skewSecond W * skewFirst W := by
  have h1 : endToEnd W = W 1 * head W (Fin.castSucc 1) := head_succ W 1
  have h0 : head W (Fin.succ 0) = W 0 * head W (Fin.castSucc 0) := head_succ W 0
  rw [h1]
  refine congrArg (fun A : Matrix (Fin 1) (Fin 2) ℝ => skewSecond W * A) ?_
  exact h0.trans (Matrix.mul_one _)

/-- The loss of the network. -/
lemma skewLoss_endToEnd (W : Weights skewWidths ℝ) : skewLoss (endToEnd W) =
    (skewSecond W 0 0 * skewFirst W 0 0 - 1) ^ 2 + 2 * (skewSecond W 0 0 * skewFirst W 0 1) ^ 2 +
      2 * (skewSecond W 1 0 * skewFirst W 0 0) ^ 2 +
        (skewSecond W 1 0 * skewFirst W 0 1 - 3 / 2) ^ 2 := by
  refine (congrArg skewLoss (endToEnd_skew W)).trans ?_
  simp only [skewLoss, Matrix.mul_apply, Fin.sum_univ_one]

/-- Theorem 2.3 of Lu and Kawaguchi is not true of every strictly convex, differentiable loss: for
the loss `(R₁₁ - 1)² + 2 R₁₂² + 2 R₂₁² + (R₂₂ - 3/2)²` the network with the widths 2, 1, 2 has a
local minimum that is not a global minimum. -/
theorem exists_isLocalMin_not_isMinOn :
    StrictConvexOn ℝ Set.univ skewLoss ∧ (∀ A, ∃ l', HasGateauxDerivAt skewLoss l' A) ∧
      IsLocalMin (fun W : Weights skewWidths ℝ => skewLoss (endToEnd W)) skewWeights ∧
      ¬ IsMinOn (fun W : Weights skewWidths ℝ => skewLoss (endToEnd W)) Set.univ skewWeights := by
  have hvalue : skewLoss (endToEnd skewWeights) = 9 / 4 := by
    rw [skewLoss_endToEnd]
    norm_num [skewWeights, skewFirst, skewSecond]
  refine ⟨strictConvexOn_skewLoss, fun A => ⟨_, hasGateauxDerivAt_skewLoss A⟩, ?_, fun h => ?_⟩
  · -- near the weights the entries that are `1` there stay above `9/10`
    have hfirst : Continuous fun W : Weights skewWidths ℝ => skewFirst W 0 0 :=
      (continuous_apply (0 : Fin 2)).comp
        ((continuous_apply (0 : Fin 1)).comp (continuous_apply (0 : Fin 2)))
    have hsecond : Continuous fun W : Weights skewWidths ℝ => skewSecond W 0 0 :=
      (continuous_apply (0 : Fin 1)).comp
        ((continuous_apply (0 : Fin 2)).comp (continuous_apply (1 : Fin 2)))
    have ha := hsecond.continuousAt.eventually
      (lt_mem_nhds (by norm_num [skewWeights, skewSecond] :
        9 / 10 < skewSecond skewWeights 0 0))
    have hc := hfirst.continuousAt.eventually
      (lt_mem_nhds (by norm_num [skewWeights, skewFirst] : 9 / 10 < skewFirst skewWeights 0 0))
    filter_upwards [ha, hc] with W ha hc
    rw [hvalue, skewLoss_endToEnd]
    generalize skewSecond W 0 0 = a at *
    generalize skewSecond W 1 0 = b at *
    generalize skewFirst W 0 0 = c at *
    generalize skewFirst W 0 1 = d at *
    -- the entries off the diagonal weigh more than the one that they make
    have hac : 3 / 4 < a * c := by nlinarith
    have hprod : (a * d) * (b * c) = (a * c) * (b * d) := by ring
    nlinarith [sq_nonneg (a * c - 1), sq_nonneg (b * d), sq_nonneg (a * d - b * c),
      sq_nonneg (a * d + b * c), abs_nonneg (b * d)]
  · have hle := h (Set.mem_univ skewBetter)
    have hbetter : skewLoss (endToEnd skewBetter) = 1 := by
      rw [skewLoss_endToEnd]
      norm_num [skewBetter, skewFirst, skewSecond]
    simp only [hvalue, hbetter, Set.mem_setOf_eq] at hle
    norm_num at hle

end DeepLinear
