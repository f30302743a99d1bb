/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Shallow

/-!
# The rotation

Kawaguchi's direction of negative curvature: where a vector of the row space of a critical product
`B M A` carries less of the data than one beside it, the outer factors turn the one into the other.

## Main statements

* `DeepLinear.exists_whitening`: coordinates in which the inputs are the identity.
* `DeepLinear.exists_rotation_neg`: the direction.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3 (iv).
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {s : Type*} [Fintype s]

/-- Coordinates in which the inputs are the identity: the loss of `A` is the distance of `A Z` to
`N`, up to a constant. -/
lemma exists_whitening {m n s : Type*} [Fintype m] [Fintype n] [DecidableEq n] [Fintype s]
    {X : Matrix n s ℝ} (hX : (X * Xᵀ).PosDef) (Y : Matrix m s ℝ) :
    ∃ (Z : Matrix n n ℝ) (N : Matrix m n ℝ), IsUnit Z.det ∧ (∀ A : Matrix m n ℝ,
      (A * X - Y) * Xᵀ = -((N - A * Z) * Zᵀ) ∧ sqNorm (A * X) = sqNorm (A * Z)) ∧
      ∀ A B, datasetLoss X Y A ≤ datasetLoss X Y B ↔ sqNorm (N - A * Z) ≤ sqNorm (N - B * Z) := by
  obtain ⟨Z, hZ, hZQ⟩ := hX.exists_mul_transpose_eq
  have hNZ : Y * Xᵀ * (Z⁻¹)ᵀ * Zᵀ = Y * Xᵀ := by
    rw [Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.mul_nonsing_inv _ hZ,
      Matrix.transpose_one, Matrix.mul_one]
  refine ⟨Z, Y * Xᵀ * (Z⁻¹)ᵀ, hZ, fun A => ⟨?_, ?_⟩, fun A B => ?_⟩
  · rw [Matrix.sub_mul, Matrix.sub_mul, hNZ, neg_sub, Matrix.mul_assoc A Z, hZQ, Matrix.mul_assoc]
  · rw [sqNorm, sqNorm, Matrix.transpose_mul, Matrix.transpose_mul, Matrix.mul_assoc,
      ← Matrix.mul_assoc X, ← hZQ]
    simp only [Matrix.mul_assoc]
  · rw [datasetLoss_eq_quadraticLoss, quadraticLoss_eq_sqNorm hZ hZQ,
      quadraticLoss_eq_sqNorm hZ hZQ]
    constructor <;> intro h <;> linarith

lemma trace_mul_transpose_vecMulVec {m n : Type*} [Fintype m] [Fintype n] (E : Matrix m n ℝ)
    (v : m → ℝ) (w : n → ℝ) : (E * (vecMulVec v w)ᵀ).trace = v ⬝ᵥ E *ᵥ w := by
  rw [Matrix.transpose_vecMulVec, mul_vecMulVec, Matrix.trace_vecMulVec, dotProduct_comm]

/-- The square of the norm of `(N b) eᵀ + (N e) bᵀ`, where `e` is in the range of the projector `P`
and `b` in its kernel, both of norm one. -/
lemma sqNorm_vecMulVec_add_vecMulVec {m n : Type*} [Fintype m] [Fintype n] {N : Matrix m n ℝ}
    {P : Matrix n n ℝ} {e b : n → ℝ} (hP : Pᵀ = P) (hPe : P *ᵥ e = e) (hPb : P *ᵥ b = 0)
    (he : e ⬝ᵥ e = 1) (hb : b ⬝ᵥ b = 1) :
    sqNorm (vecMulVec (N *ᵥ b) e + vecMulVec (N *ᵥ e) b) =
      b ⬝ᵥ (Nᵀ * N) *ᵥ b + e ⬝ᵥ (Nᵀ * N) *ᵥ e := by
  have heb : e ⬝ᵥ b = 0 := by
    rw [← hPe, ← Matrix.vecMul_transpose, hP, ← Matrix.dotProduct_mulVec, hPb, dotProduct_zero]
  have hvec : ∀ (u : m → ℝ) (v : n → ℝ), sqNorm (vecMulVec u v) = (u ⬝ᵥ u) * (v ⬝ᵥ v) := by
    intro u v
    rw [sqNorm, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, op_smul_eq_smul,
      dotProduct_smul, smul_eq_mul, mul_comm]
  rw [sqNorm_add, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, heb, hvec, hvec, he, hb,
    dotProduct_transpose_mul_mulVec, dotProduct_transpose_mul_mulVec]
  simp

/-- The rotation behind Kawaguchi 2016, Theorem 2.3 (iv): a critical product `B M A` that is not
minimal among the matrices of its rank has a direction of negative curvature that moves the outer
factors only. -/
theorem exists_rotation_neg {m n h₁ h₂ : Type*} [Fintype m] [Fintype n] [Fintype h₁]
    [Fintype h₂] {X : Matrix n s ℝ} {Y : Matrix m s ℝ} (hX : (X * Xᵀ).PosDef)
    {B : Matrix m h₂ ℝ} {M : Matrix h₂ h₁ ℝ} {A : Matrix h₁ n ℝ}
    (h1 : (B * M)ᵀ * ((B * M * A * X - Y) * Xᵀ) = 0)
    (h2 : (B * M * A * X - Y) * Xᵀ * (M * A)ᵀ = 0)
    (hmin : ¬ IsMinOn (datasetLoss X Y) {C | C.rank ≤ (B * M * A).rank} (B * M * A)) :
    ∃ V₁ V₂, sqNorm ((V₂ * (M * A) + B * M * V₁) * X) +
      2 * ((B * M * A * X - Y) * Xᵀ * (V₂ * (M * V₁))ᵀ).trace < 0 := by
  classical
  obtain ⟨Z, N, hZ, hGZ, hle⟩ := exists_whitening hX Y
  obtain ⟨R, hR⟩ : ∃ R, R = B * M * A := ⟨_, rfl⟩
  rw [← hR] at h1 h2 hmin ⊢
  obtain ⟨hG, -⟩ := hGZ R
  rw [hG, Matrix.mul_neg, neg_eq_zero, ← Matrix.mul_assoc] at h1
  rw [hG, Matrix.neg_mul, neg_eq_zero] at h2
  have hZt : IsUnit (Zᵀ).det := by rwa [Matrix.det_transpose]
  have hEM : (N - R * Z) * (R * Z)ᵀ = 0 := by
    have h : (R * Z)ᵀ = Zᵀ * (M * A)ᵀ * Bᵀ := by
      simp only [hR, Matrix.transpose_mul, Matrix.mul_assoc]
    rw [h, ← Matrix.mul_assoc, ← Matrix.mul_assoc, h2, Matrix.zero_mul]
  have h1' : (B * M)ᵀ * (N - R * Z) = 0 := by
    have h := congrArg (· * (Zᵀ)⁻¹) h1
    simpa only [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZt, Matrix.mul_one, Matrix.zero_mul]
      using h
  have hME : (R * Z)ᵀ * (N - R * Z) = 0 := by
    have h : (R * Z)ᵀ = (A * Z)ᵀ * (B * M)ᵀ := by
      rw [hR, Matrix.mul_assoc (B * M), Matrix.transpose_mul]
    rw [h, Matrix.mul_assoc, h1', Matrix.mul_zero]
  obtain ⟨P, hP, hPP, hMP, htr, X', hPX⟩ := (R * Z).exists_rowProj
  obtain ⟨e, b, hPe, hPb, he, hb, hlt⟩ : ∃ e b : n → ℝ, P *ᵥ e = e ∧ P *ᵥ b = 0 ∧ e ⬝ᵥ e = 1 ∧
      b ⬝ᵥ b = 1 ∧ e ⬝ᵥ (Nᵀ * N) *ᵥ e < b ⬝ᵥ (Nᵀ * N) *ᵥ b := by
    by_contra! hall
    refine hmin fun C hC => (hle R C).2 ?_
    refine isMinOn_sqNorm_of_rotation hEM hME hP hPP hMP htr hPX hall ?_
    change (C * Z).rank ≤ (R * Z).rank
    rw [rank_mul_eq_left_of_isUnit_det Z C hZ, rank_mul_eq_left_of_isUnit_det Z R hZ]
    exact hC
  have hRe : (R * Z) *ᵥ e = N *ᵥ e := by
    rw [← mul_projector_eq hEM hP hMP hPX, ← Matrix.mulVec_mulVec, hPe]
  have hRb : (R * Z) *ᵥ b = 0 := by rw [← hMP, ← Matrix.mulVec_mulVec, hPb, Matrix.mulVec_zero]
  obtain ⟨z, hz⟩ : ∃ z, z ᵥ* (M * A * Z) = e := by
    refine ⟨(e ᵥ* X') ᵥ* B, ?_⟩
    rw [Matrix.vecMul_vecMul, ← Matrix.mul_assoc, ← Matrix.mul_assoc, ← hR, Matrix.vecMul_vecMul,
      ← hPX, ← Matrix.mulVec_transpose, hP, hPe]
  have hbZ : ∀ u : m → ℝ, vecMulVec u (b ᵥ* Z⁻¹) * Z = vecMulVec u b := fun u => by
    rw [vecMulVec_mul, Matrix.vecMul_vecMul, Matrix.nonsing_inv_mul _ hZ, Matrix.vecMul_one]
  refine ⟨vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹), vecMulVec (N *ᵥ b) z, ?_⟩
  have e1 : vecMulVec (N *ᵥ b) z * (M * A) * Z = vecMulVec (N *ᵥ b) e := by
    rw [Matrix.mul_assoc, vecMulVec_mul, hz]
  have e2 : B * M * vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹) * Z = vecMulVec (N *ᵥ e) b := by
    rw [mul_vecMulVec, Matrix.mulVec_mulVec, ← Matrix.mul_assoc, ← hR, hRe, hbZ]
  have e3 : vecMulVec (N *ᵥ b) z * (M * vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹)) =
      vecMulVec (N *ᵥ b) (b ᵥ* Z⁻¹) := by
    rw [mul_vecMulVec, vecMulVec_mul_vecMulVec, Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
      ← Matrix.mul_assoc, hz, he, one_smul]
  rw [(hGZ _).2, Matrix.add_mul, e1, e2, e3, hG, Matrix.neg_mul, Matrix.trace_neg,
    Matrix.mul_assoc (N - R * Z), ← Matrix.transpose_mul, hbZ,
    sqNorm_vecMulVec_add_vecMulVec hP hPe hPb he hb, trace_mul_transpose_vecMulVec,
    Matrix.sub_mulVec, hRb, sub_zero, ← dotProduct_transpose_mul_mulVec]
  linarith

end DeepLinear
