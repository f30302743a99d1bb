/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.DeepToShallow

/-!
# Deep matrix completion

The square loss on the observed entries of a matrix is convex and differentiable, so that Lu and
Kawaguchi's Theorem 2.1 applies to it: depth creates no bad local minima in matrix completion. The
shallow problem may have some: it is no square distance.

## Main definitions

* `DeepLinear.maskedLoss Ω M`: half the sum of the squared errors at the observed entries.

## Main statements

* `DeepLinear.isLocalMin_maskedLoss_iff`: the deep local minima are the shallow ones.
* `DeepLinear.isMinOn_maskedLoss_of_isLocalMin`: without a bottleneck, or where the rank is below
  the bottleneck width, a local minimum minimizes the loss over all matrices.
-/

@[expose] public section

open Matrix

namespace DeepLinear

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
  (Ω : Finset (ι (Fin.last H) × ι 0)) (M : Matrix (ι (Fin.last H)) (ι 0) ℝ) {W : Weights ι ℝ}

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

end DeepLinear
