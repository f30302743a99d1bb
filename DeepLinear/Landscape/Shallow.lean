/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.EckartYoung
public import DeepLinear.Gradient

/-!
# The shallow problem with a bound on the rank

Theorem 2.2 of Lu and Kawaguchi: a quadratic loss with a positive definite form has no bad local
minima on the matrices of rank at most `p`. After a change of variables it is `‖N - M‖²`, and what
is to be shown is Eckart and Young's theorem, for local minima.

## Main statements

* `DeepLinear.isMinOn_of_isLocalMinOn`: Lu and Kawaguchi, Theorem 2.2.
* `DeepLinear.exists_isMinOn_quadraticLoss`: the minimum exists.
* `DeepLinear.strictConvexOn_quadraticLoss`: a quadratic loss with a positive definite form is
  strictly convex.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The trace of `V Q Vᵀ`, row by row. -/
lemma trace_mul_mul_transpose (V : Matrix m n ℝ) (Q : Matrix n n ℝ) :
    (V * Q * Vᵀ).trace = ∑ i, V i ⬝ᵥ Q *ᵥ V i := by
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [Matrix.diag_apply, Matrix.mul_assoc, Matrix.mul_apply]
  simp only [dotProduct, Matrix.mulVec, Matrix.mul_apply, Matrix.transpose_apply]

/-- The quadratic form of a positive definite matrix is strictly convex. -/
theorem strictConvexOn_quadraticLoss {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ) :
    StrictConvexOn ℝ Set.univ (quadraticLoss Q C c) := by
  have hsymm : Qᵀ = Q := hQ.transpose_eq
  have hpos : ∀ V : Matrix m n ℝ, V ≠ 0 → 0 < (V * Q * Vᵀ).trace := by
    intro V hV
    rw [trace_mul_mul_transpose]
    obtain ⟨i, hi⟩ : ∃ i, V i ≠ 0 := by
      by_contra! h
      exact hV (Matrix.ext fun i j => congrFun (h i) j)
    refine Finset.sum_pos' (fun i _ => ?_) ⟨i, Finset.mem_univ i, ?_⟩
    · simpa using hQ.posSemidef.dotProduct_mulVec_nonneg (V i)
    · simpa using hQ.dotProduct_mulVec_pos hi
  refine ⟨convex_univ, fun A _ B _ hAB a b ha hb hab => ?_⟩
  obtain rfl : a = 1 - b := by linarith
  have hA : A = ((1 - b) • A + b • B) + b • (A - B) := by module
  have hB : B = ((1 - b) • A + b • B) + (-(1 - b)) • (A - B) := by module
  have eA := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hsymm b
  have eB := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hsymm (-(1 - b))
  rw [← hA] at eA
  rw [← hB] at eB
  rw [smul_eq_mul, smul_eq_mul, eA, eB]
  linear_combination mul_pos (mul_pos ha hb) (hpos (A - B) (sub_ne_zero.2 hAB)) / 2

/-- A quadratic loss with a positive definite form is a squared distance, up to a constant. -/
lemma quadraticLoss_eq_sqNorm [DecidableEq n] {Q Z : Matrix n n ℝ} (hZ : IsUnit Z.det)
    (hQ : Z * Zᵀ = Q) (C : Matrix m n ℝ) (c : ℝ) (A : Matrix m n ℝ) :
    quadraticLoss Q C c A = sqNorm (C * (Z⁻¹)ᵀ - A * Z) / 2 + (c - sqNorm (C * (Z⁻¹)ᵀ) / 2) := by
  have h1 : A * Z * (C * (Z⁻¹)ᵀ)ᵀ = A * Cᵀ := by
    rw [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc, ← Matrix.mul_assoc Z,
      Matrix.mul_nonsing_inv _ hZ, Matrix.one_mul]
  have h2 : A * Z * (A * Z)ᵀ = A * Q * Aᵀ := by
    rw [Matrix.transpose_mul, ← hQ]
    simp only [Matrix.mul_assoc]
  rw [sub_eq_add_neg (C * (Z⁻¹)ᵀ), sqNorm_add, Matrix.transpose_neg, Matrix.mul_neg,
    Matrix.trace_neg,
    trace_mul_transpose_comm, h1, quadraticLoss, ← h2]
  simp only [sqNorm, Matrix.neg_mul, Matrix.transpose_neg, Matrix.mul_neg, neg_neg]
  ring

/-- **Lu and Kawaguchi, Theorem 2.2**: a quadratic loss whose form is positive definite has no bad
local minima on the matrices of rank at most `p`. -/
theorem isMinOn_of_isLocalMinOn {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ)
    {p : ℕ} {A : Matrix m n ℝ} (hA : A.rank ≤ p)
    (h : IsLocalMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A) :
    IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A := by
  classical
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  have hloss := quadraticLoss_eq_sqNorm hZ hZQ C c
  have hrank : ∀ B : Matrix m n ℝ, (B * Z).rank = B.rank := fun B =>
    rank_mul_eq_left_of_isUnit_det Z B hZ
  have hinv : ∀ B : Matrix m n ℝ, B * Z⁻¹ * Z = B := fun B => by
    rw [Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hZ, Matrix.mul_one]
  have hmin : IsMinOn (fun B => sqNorm (C * (Z⁻¹)ᵀ - B)) {B | B.rank ≤ p} (A * Z) := by
    refine isMinOn_sqNorm_of_isLocalMinOn ((hrank A).trans_le hA) ?_
    have htend : Filter.Tendsto (fun B : Matrix m n ℝ => B * Z⁻¹) (𝓝[{B | B.rank ≤ p}] (A * Z))
        (𝓝[{B | B.rank ≤ p}] A) := by
      refine tendsto_nhdsWithin_iff.2 ⟨?_, ?_⟩
      · have hcont : Continuous fun B : Matrix m n ℝ => B * Z⁻¹ :=
          continuous_id.matrix_mul continuous_const
        have h0 := hcont.tendsto (A * Z)
        rw [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZ, Matrix.mul_one] at h0
        exact h0.mono_left nhdsWithin_le_nhds
      · filter_upwards [self_mem_nhdsWithin] with B hB
        exact (rank_mul_le_left _ _).trans hB
    filter_upwards [htend.eventually h] with B hB
    rw [hloss, hloss, hinv] at hB
    linarith
  intro B hB
  have hAB : sqNorm (C * (Z⁻¹)ᵀ - A * Z) ≤ sqNorm (C * (Z⁻¹)ᵀ - B * Z) :=
    hmin ((hrank B).trans_le hB)
  change quadraticLoss Q C c A ≤ quadraticLoss Q C c B
  rw [hloss, hloss]
  linarith

/-- A quadratic loss whose form is positive definite has a minimum on the matrices of rank at most
`p`. -/
theorem exists_isMinOn_quadraticLoss {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ)
    (p : ℕ) :
    ∃ A : Matrix m n ℝ, A.rank ≤ p ∧ IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A := by
  classical
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  obtain ⟨M, hM, hmin⟩ := exists_isMinOn_sqNorm (C * (Z⁻¹)ᵀ) p
  have hMZ : M * Z⁻¹ * Z = M := by rw [Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hZ,
    Matrix.mul_one]
  refine ⟨M * Z⁻¹, (rank_mul_le_left _ _).trans hM, fun B hB => ?_⟩
  have h : sqNorm (C * (Z⁻¹)ᵀ - M) ≤ sqNorm (C * (Z⁻¹)ᵀ - B * Z) :=
    hmin ((rank_mul_le_left B Z).trans hB)
  change quadraticLoss Q C c (M * Z⁻¹) ≤ quadraticLoss Q C c B
  rw [quadraticLoss_eq_sqNorm hZ hZQ, quadraticLoss_eq_sqNorm hZ hZQ, hMZ]
  linarith

end DeepLinear
