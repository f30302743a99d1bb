/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Projector
public import Mathlib.Algebra.Star.StarProjection
public import Mathlib.Analysis.Matrix.Order
public import Mathlib.Analysis.SpecialFunctions.Pow.Real

/-!
# Projectors and forms of real matrices

What Mathlib says of star projections, positive semidefinite matrices and the order on matrices, for
real matrices in products and sums.

## Main statements

* `Matrix.isStarProjection_iff_transpose_eq`: orthogonal projectors.
* `Matrix.toEuclideanLin_lineProj`: the projector onto a line is Mathlib's.
* `Matrix.posSemidef_iff_transpose_eq`, `Matrix.smul_one_le_iff`: forms, and the order on matrices.
* `Matrix.le_dotProduct_pow_mulVec`, `Matrix.rpow_le_of_le_pow`: lower bounds of powers and roots.
-/

@[expose] public section

namespace Matrix

variable {n : Type*} [Fintype n]

/-- The star projections are the symmetric idempotent matrices. -/
lemma isStarProjection_iff_transpose_eq {P : Matrix n n ℝ} :
    IsStarProjection P ↔ Pᵀ = P ∧ P * P = P := by
  rw [isStarProjection_iff, and_comm]
  exact and_congr (by rw [IsSelfAdjoint, Matrix.star_eq_conjTranspose,
    Matrix.conjTranspose_eq_transpose_of_trivial]) Iff.rfl

/-- The projector onto the line of a vector is Mathlib's orthogonal projection. -/
lemma toEuclideanLin_lineProj [DecidableEq n] (v : n → ℝ) :
    toEuclideanLin (lineProj v) =
      ((ℝ ∙ WithLp.toLp 2 v).starProjection : EuclideanSpace ℝ n →ₗ[ℝ] EuclideanSpace ℝ n) := by
  have hv : ‖WithLp.toLp 2 v‖ ^ 2 = v ⬝ᵥ v := by
    rw [EuclideanSpace.real_norm_sq_eq]
    exact Finset.sum_congr rfl fun i _ => pow_two _
  ext w i
  simp [Submodule.starProjection_singleton, lineProj, vecMulVec_mulVec, hv, div_eq_inv_mul,
    EuclideanSpace.inner_eq_star_dotProduct, dotProduct_comm v, mul_assoc, mul_comm (v i)]

/-- The positive semidefinite matrices are the symmetric ones whose form is never negative. -/
lemma posSemidef_iff_transpose_eq {Q : Matrix n n ℝ} :
    Q.PosSemidef ↔ Qᵀ = Q ∧ ∀ v, 0 ≤ v ⬝ᵥ Q *ᵥ v := by
  rw [Matrix.posSemidef_iff_dotProduct_mulVec, Matrix.IsHermitian,
    Matrix.conjTranspose_eq_transpose_of_trivial]
  simp

open scoped MatrixOrder in
/-- A symmetric matrix is at least `c` in Mathlib's order on matrices if and only if its form is at
least `c` times the squared length. -/
lemma smul_one_le_iff [DecidableEq n] {S : Matrix n n ℝ} (hS : Sᵀ = S) {c : ℝ} :
    c • (1 : Matrix n n ℝ) ≤ S ↔ ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ S *ᵥ v := by
  have hsymm : (S - c • (1 : Matrix n n ℝ))ᵀ = S - c • 1 := by
    rw [Matrix.transpose_sub, Matrix.transpose_smul, Matrix.transpose_one, hS]
  rw [Matrix.le_iff, posSemidef_iff_transpose_eq, and_iff_right hsymm]
  refine forall_congr' fun v => ?_
  rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub, dotProduct_smul,
    smul_eq_mul, sub_nonneg]

/-- If a symmetric matrix is at least `σ ≥ 0`, then its powers are at least those of `σ`. -/
lemma le_dotProduct_pow_mulVec [DecidableEq n] {B : Matrix n n ℝ} (hB : Bᵀ = B) {σ : ℝ}
    (hσ : 0 ≤ σ) (h : ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ B *ᵥ v) :
    ∀ (k : ℕ) (v : n → ℝ), σ ^ k * (v ⬝ᵥ v) ≤ v ⬝ᵥ (B ^ k) *ᵥ v
  | 0, v => by simp
  | 1, v => by simpa using h v
  | k + 2, v => by
    have hself : v ⬝ᵥ (B ^ (k + 2)) *ᵥ v = (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := by
      have hcomm : v ᵥ* B = B *ᵥ v := by rw [← Matrix.mulVec_transpose, hB]
      rw [pow_succ' B (k + 1), pow_succ B k, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
        hcomm, ← Matrix.mulVec_mulVec]
    -- `|B v|² ≥ σ² |v|²`, from `|B v - σ v|² ≥ 0`
    have hsq : σ ^ 2 * (v ⬝ᵥ v) ≤ (B *ᵥ v) ⬝ᵥ (B *ᵥ v) := by
      have hnonneg : 0 ≤ (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) :=
        Finset.sum_nonneg fun i _ => mul_self_nonneg _
      have hexpand : (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) =
          (B *ᵥ v) ⬝ᵥ (B *ᵥ v) - 2 * σ * (v ⬝ᵥ B *ᵥ v) + σ ^ 2 * (v ⬝ᵥ v) := by
        simp only [sub_dotProduct, dotProduct_sub, smul_dotProduct, dotProduct_smul, smul_eq_mul,
          dotProduct_comm (B *ᵥ v) v]
        ring
      rw [hexpand] at hnonneg
      linarith [mul_le_mul_of_nonneg_left (h v) hσ]
    rw [hself]
    calc σ ^ (k + 2) * (v ⬝ᵥ v) = σ ^ k * (σ ^ 2 * (v ⬝ᵥ v)) := by ring
      _ ≤ σ ^ k * ((B *ᵥ v) ⬝ᵥ (B *ᵥ v)) := mul_le_mul_of_nonneg_left hsq (pow_nonneg hσ k)
      _ ≤ (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := le_dotProduct_pow_mulVec hB hσ h k (B *ᵥ v)

/-- A positive semidefinite matrix whose power is at least `c ^ 2` is at least its root. -/
lemma rpow_le_of_le_pow [DecidableEq n] {B : Matrix n n ℝ}
    (hB : B.PosSemidef) {N : ℕ} (hN : N ≠ 0) {c : ℝ} (hc : 0 ≤ c)
    (h : ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ v ⬝ᵥ (B ^ N) *ᵥ v) (v : n → ℝ) :
    c ^ (2 / N : ℝ) * (v ⬝ᵥ v) ≤ v ⬝ᵥ B *ᵥ v := by
  have hNR : (N : ℝ) ≠ 0 := by exact_mod_cast hN
  obtain ⟨a, ha⟩ : ∃ a, a = c ^ (2 / N : ℝ) := ⟨_, rfl⟩
  have ha0 : 0 ≤ a := ha ▸ Real.rpow_nonneg hc _
  have haN : a ^ N = c ^ 2 := by
    rw [ha, ← Real.rpow_natCast, ← Real.rpow_mul hc, div_mul_cancel₀ _ hNR]
    exact_mod_cast Real.rpow_natCast c 2
  have hherm : (B - a • (1 : Matrix n n ℝ)).IsHermitian := by
    refine hB.isHermitian.sub ?_
    rw [Matrix.IsHermitian, Matrix.conjTranspose_smul, Matrix.conjTranspose_one, star_trivial]
  have hpsd : (B - a • (1 : Matrix n n ℝ)).PosSemidef := by
    refine hherm.posSemidef_iff_eigenvalues_nonneg.2 fun i => ?_
    obtain ⟨u, hu⟩ : ∃ u : n → ℝ, u = ⇑(hherm.eigenvectorBasis i) := ⟨_, rfl⟩
    obtain ⟨m, hm⟩ : ∃ m, m = hherm.eigenvalues i := ⟨_, rfl⟩
    have heig : (B - a • (1 : Matrix n n ℝ)) *ᵥ u = m • u := by
      rw [hu, hm]
      exact hherm.mulVec_eigenvectorBasis i
    have hu1 : 0 < u ⬝ᵥ u := by
      refine dotProduct_self_pos fun h0 => ?_
      refine hherm.eigenvectorBasis.orthonormal.ne_zero i (PiLp.ext fun j => ?_)
      have h2 := congrFun h0 j
      rw [hu] at h2
      exact h2
    have hBu : B *ᵥ u = (m + a) • u := by
      rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec] at heig
      rw [add_smul, ← heig, sub_add_cancel]
    have hpow : ∀ k : ℕ, (B ^ k) *ᵥ u = (m + a) ^ k • u := by
      intro k
      induction k with
      | zero => simp
      | succ k ih =>
        rw [pow_succ, ← Matrix.mulVec_mulVec, hBu, Matrix.mulVec_smul, ih, smul_smul, pow_succ,
          mul_comm]
    have hpos : 0 ≤ m + a := by
      have h1 : 0 ≤ u ⬝ᵥ B *ᵥ u := by simpa using hB.dotProduct_mulVec_nonneg u
      rw [hBu, dotProduct_smul, smul_eq_mul] at h1
      exact nonneg_of_mul_nonneg_left h1 hu1
    have h1 := h u
    rw [hpow, dotProduct_smul, smul_eq_mul, ← haN] at h1
    have h2 : a ^ N ≤ (m + a) ^ N := le_of_mul_le_mul_right h1 hu1
    have h3 : a ≤ m + a := le_of_pow_le_pow_left₀ hN hpos h2
    rw [← hm]
    change (0 : ℝ) ≤ m
    linarith
  have h1 : 0 ≤ v ⬝ᵥ (B - a • (1 : Matrix n n ℝ)) *ᵥ v := by
    simpa using hpsd.dotProduct_mulVec_nonneg v
  rw [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub, dotProduct_smul,
    smul_eq_mul] at h1
  rw [← ha]
  linarith

end Matrix
