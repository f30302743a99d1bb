/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.DeepToShallow
public import Mathlib.LinearAlgebra.Matrix.Notation

/-!
# Other losses: matrix completion, and where the theorems end

Theorem 2.1 of Lu and Kawaguchi holds for every convex differentiable loss of the end-to-end
matrix; that local minima are global does not. Deep matrix completion is an instance of the first;
two networks of widths 2, 1, 2 with other losses show the limits of the second.

## Main definitions

* `DeepLinear.maskedLoss Ω M`: half the sum of the squared errors at the observed entries.

## Main statements

* `DeepLinear.isLocalMin_maskedLoss_iff`: the deep local minima are the shallow ones.
* `DeepLinear.eq_of_isLocalMin_maskedLoss`: without a bottleneck, or where the rank is below the
  bottleneck width, a local minimum fits all observed entries.
* `DeepLinear.exists_isLocalMin_not_isMinOn`: a bad local minimum of a strictly convex loss.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

/-! ### Deep matrix completion

The square loss on the observed entries of a matrix is convex and differentiable, so that Lu and
Kawaguchi's Theorem 2.1 applies to it: depth creates no bad local minima in matrix completion. The
shallow problem may have some: it is no square distance. -/

section

section Matrix

variable {m n : Type*}

/-- Half the sum of the squared errors of `A` at the observed entries `Ω` of `M`. -/
def maskedLoss {𝕜 : Type*} [Field 𝕜] (Ω : Finset (m × n)) (M A : Matrix m n 𝕜) : 𝕜 :=
  (∑ e ∈ Ω, (A e.1 e.2 - M e.1 e.2) ^ 2) / 2

/-- The gradient of the masked loss: the errors at the observed entries, and zero elsewhere. -/
def maskedError {𝕜 : Type*} [Field 𝕜] [DecidableEq m] [DecidableEq n] (Ω : Finset (m × n))
    (M A : Matrix m n 𝕜) : Matrix m n 𝕜 :=
  Matrix.of fun i j => if (i, j) ∈ Ω then A i j - M i j else 0

/-- The masked loss over another field. -/
lemma maskedLoss_map {𝕜 𝕂 : Type*} [Field 𝕜] [Field 𝕂] (f : 𝕜 →+* 𝕂) (Ω : Finset (m × n))
    (M A : Matrix m n 𝕜) : maskedLoss Ω (M.map f) (A.map f) = f (maskedLoss Ω M A) := by
  have h2 : f 2 = 2 := map_ofNat f 2
  simp [maskedLoss, h2]

/-- The masked error over another field. -/
lemma maskedError_map {𝕜 𝕂 : Type*} [Field 𝕜] [Field 𝕂] [DecidableEq m] [DecidableEq n]
    (f : 𝕜 →+* 𝕂) (Ω : Finset (m × n)) (M A : Matrix m n 𝕜) :
    maskedError Ω (M.map f) (A.map f) = (maskedError Ω M A).map f := by
  ext i j
  simp only [maskedError, Matrix.of_apply, Matrix.map_apply]
  split_ifs <;> simp

variable (Ω : Finset (m × n)) (M : Matrix m n ℝ)

/-- The masked loss along a line. -/
lemma maskedLoss_add_smul (A V : Matrix m n ℝ) (t : ℝ) :
    maskedLoss Ω M (A + t • V) = maskedLoss Ω M A +
      t * ∑ e ∈ Ω, (A e.1 e.2 - M e.1 e.2) * V e.1 e.2 +
        t ^ 2 * ((∑ e ∈ Ω, V e.1 e.2 ^ 2) / 2) := by
  have h : ∀ e : m × n, ((A + t • V) e.1 e.2 - M e.1 e.2) ^ 2 = (A e.1 e.2 - M e.1 e.2) ^ 2 +
      2 * t * ((A e.1 e.2 - M e.1 e.2) * V e.1 e.2) + t ^ 2 * V e.1 e.2 ^ 2 := fun e => by
    simp only [Matrix.add_apply, Matrix.smul_apply, smul_eq_mul]
    ring
  simp only [maskedLoss, h, Finset.sum_add_distrib, ← Finset.mul_sum]
  ring

/-- The masked loss is convex. -/
theorem convexOn_maskedLoss : ConvexOn ℝ Set.univ (maskedLoss Ω M) := by
  refine ⟨convex_univ, fun A _ B _ a b ha hb hab => ?_⟩
  obtain rfl : a = 1 - b := by linarith
  have hA : A = ((1 - b) • A + b • B) + b • (A - B) := by module
  have hB : B = ((1 - b) • A + b • B) + (-(1 - b)) • (A - B) := by module
  have eA := maskedLoss_add_smul Ω M ((1 - b) • A + b • B) (A - B) b
  have eB := maskedLoss_add_smul Ω M ((1 - b) • A + b • B) (A - B) (-(1 - b))
  rw [← hA] at eA
  rw [← hB] at eB
  have hq : 0 ≤ (∑ e ∈ Ω, (A - B) e.1 e.2 ^ 2) / 2 :=
    div_nonneg (Finset.sum_nonneg fun e _ => sq_nonneg _) zero_le_two
  rw [smul_eq_mul, smul_eq_mul, eA, eB]
  linear_combination mul_nonneg (mul_nonneg ha hb) hq

variable [Fintype m] [Fintype n] [DecidableEq m] [DecidableEq n]

/-- The gradient of the masked loss is the masked error. -/
theorem hasGateauxDerivAt_maskedLoss (A : Matrix m n ℝ) :
    HasGateauxDerivAt (maskedLoss Ω M) (innerProduct (maskedError Ω M A)) A := by
  intro V
  have hslope : innerProduct (maskedError Ω M A) V =
      ∑ e ∈ Ω, (A e.1 e.2 - M e.1 e.2) * V e.1 e.2 := by
    rw [innerProduct_apply, trace_mul_transpose, ← Fintype.sum_prod_type']
    rw [← Finset.sum_subset (Finset.subset_univ Ω)]
    · refine Finset.sum_congr rfl fun e he => ?_
      rw [maskedError, Matrix.of_apply, if_pos he]
    · intro e _ he
      rw [maskedError, Matrix.of_apply, if_neg he, zero_mul]
  have hquad : (fun t : ℝ => maskedLoss Ω M (A + t • V)) = fun t : ℝ => maskedLoss Ω M A +
      t * innerProduct (maskedError Ω M A) V + t ^ 2 * ((∑ e ∈ Ω, V e.1 e.2 ^ 2) / 2) := by
    funext t
    rw [hslope, maskedLoss_add_smul]
  rw [HasLineDerivAt, hquad]
  exact hasDerivAt_quadratic _ _ _

end Matrix

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {Ω : Finset (ι (Fin.last H) × ι 0)} {M : Matrix (ι (Fin.last H)) (ι 0) ℝ} {W : Weights ι ℝ}

/-- **Deep matrix completion**: weights are a local minimum of the square loss on the observed
entries if and only if their end-to-end matrix is one among the matrices of rank at most the
bottleneck width. Depth creates no bad local minima; a bound on the rank may. -/
theorem isLocalMin_maskedLoss_iff (hH : 1 ≤ H) :
    IsLocalMin (fun W : Weights ι ℝ => maskedLoss Ω M (endToEnd W)) W ↔
      IsLocalMinOn (maskedLoss Ω M) {A | A.rank ≤ bottleneck ι} (endToEnd W) :=
  isLocalMin_iff_isLocalMinOn hH (convexOn_maskedLoss Ω M) (hasGateauxDerivAt_maskedLoss Ω M _)

/-- **Deep matrix completion**: a local minimum whose end-to-end matrix has rank below the
bottleneck width, and without a bottleneck every local minimum, fits all observed entries. -/
theorem eq_of_isLocalMin_maskedLoss (hH : 1 ≤ H)
    (h : (endToEnd W).rank < bottleneck ι ∨ NoBottleneck ι)
    (hW : IsLocalMin (fun W : Weights ι ℝ => maskedLoss Ω M (endToEnd W)) W) :
    ∀ e ∈ Ω, endToEnd W e.1 e.2 = M e.1 e.2 := by
  have hmin : IsMinOn (maskedLoss Ω M) Set.univ (endToEnd W) := by
    rcases h with hr | hι
    · have h0 := deriv_eq_zero_of_isLocalMin_of_rank_lt
        (hasGateauxDerivAt_maskedLoss Ω M (endToEnd W)) hW hr
      exact isMinOn_of_hasGateauxDerivAt_zero (convexOn_maskedLoss Ω M)
        (h0 ▸ hasGateauxDerivAt_maskedLoss Ω M (endToEnd W))
    · exact isMinOn_of_isLocalMin_of_noBottleneck hH hι (convexOn_maskedLoss Ω M)
        (hasGateauxDerivAt_maskedLoss Ω M _) hW
  have hle : maskedLoss Ω M (endToEnd W) ≤ maskedLoss Ω M M := hmin (Set.mem_univ M)
  have hzero : maskedLoss Ω M M = 0 := by simp [maskedLoss]
  rw [hzero, maskedLoss] at hle
  have hsum : ∑ e ∈ Ω, (endToEnd W e.1 e.2 - M e.1 e.2) ^ 2 = 0 :=
    le_antisymm (by linarith) (Finset.sum_nonneg fun e _ => sq_nonneg _)
  intro e he
  have := (Finset.sum_eq_zero_iff_of_nonneg fun e _ => sq_nonneg _).1 hsum e he
  exact sub_eq_zero.1 (pow_eq_zero_iff two_ne_zero |>.1 this)

end

/-! ### Where the theorems end

Theorem 2.3 of Lu and Kawaguchi is about the square loss. For another strictly convex loss it can
fail where there is a bottleneck: the network with the widths 2, 1, 2 has, for the loss
`(R₁₁ - 1)² + 2 R₁₂² + 2 R₂₁² + (R₂₂ - 3/2)²`, a local minimum of value `9/4`, and weights of value
`1`. -/

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
    have hac : 0 ≤ 4 * (a * c) - 3 := by linarith [mul_pos (sub_pos.2 ha) (sub_pos.2 hc)]
    have hprod : (a * d) * (b * c) = (a * c) * (b * d) := by ring
    have h1 := sq_nonneg (a * c - 1)
    have h2 := sq_nonneg (b * d)
    rcases le_total 0 (b * d) with hbd | hbd
    · linarith [sq_nonneg (a * d - b * c), mul_nonneg hac hbd]
    · linarith [sq_nonneg (a * d), sq_nonneg (b * c)]
  · have hle := h (Set.mem_univ skewBetter)
    have hbetter : skewLoss (endToEnd skewBetter) = 1 := by
      rw [skewLoss_endToEnd]
      norm_num [skewBetter, skewFirst, skewSecond]
    simp only [hvalue, hbetter, Set.mem_setOf_eq] at hle
    norm_num at hle

end DeepLinear
