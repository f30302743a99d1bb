/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
import Mathlib.Algebra.Order.Star.Real
import Mathlib.Analysis.Real.Sqrt
import Mathlib.LinearAlgebra.Matrix.PosDef
import Mathlib.LinearAlgebra.QuadraticForm.Basic

/-!
# Orthogonal projectors, and square roots of positive definite matrices

## Main statements

* `Matrix.exists_rowProj`: the orthogonal projector on the row space of a matrix.
* `Matrix.trace_transpose_mul_mul_nonneg`: `tr (Zᵀ X Z)` for a positive semidefinite form.
* `Matrix.PosDef.exists_mul_transpose_eq`: a positive definite real matrix is `Z * Zᵀ`.
-/

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The orthogonal projector on the row space of `M`. -/
theorem exists_rowProj (M : Matrix m n ℝ) : ∃ P : Matrix n n ℝ, Pᵀ = P ∧ P * P = P ∧ M * P = M ∧
    P.trace = M.rank ∧ ∃ X : Matrix n m ℝ, P = X * M := by
  classical
  obtain ⟨r, F, G, F', G', hr, hM, hF, hG⟩ := M.exists_fullRank_factorization
  have hrankG : G.rank = r := by
    refine le_antisymm ((rank_le_card_height G).trans_eq (Fintype.card_fin r)) ?_
    calc r = (G * G').rank := by rw [hG, rank_one, Fintype.card_fin]
      _ ≤ G.rank := rank_mul_le_left _ _
  have hinj : Function.Injective (G * Gᵀ).mulVec := by
    have hker := (G * Gᵀ).rank_add_finrank_ker
    rw [rank_self_mul_transpose, hrankG, Fintype.card_fin] at hker
    have h0 : LinearMap.ker (G * Gᵀ).mulVecLin = ⊥ := Submodule.finrank_eq_zero.1 (by omega)
    exact LinearMap.ker_eq_bot.1 h0
  have hdet : IsUnit (G * Gᵀ).det :=
    (Matrix.isUnit_iff_isUnit_det _).1 (Matrix.mulVec_injective_iff_isUnit.1 hinj)
  have hsymm : ((G * Gᵀ)⁻¹)ᵀ = (G * Gᵀ)⁻¹ := by
    rw [Matrix.transpose_nonsing_inv, Matrix.transpose_mul, Matrix.transpose_transpose]
  refine ⟨Gᵀ * (G * Gᵀ)⁻¹ * G, ?_, ?_, ?_, ?_, Gᵀ * (G * Gᵀ)⁻¹ * F', ?_⟩
  · rw [Matrix.transpose_mul, Matrix.transpose_mul, Matrix.transpose_transpose, hsymm,
      Matrix.mul_assoc]
  · calc Gᵀ * (G * Gᵀ)⁻¹ * G * (Gᵀ * (G * Gᵀ)⁻¹ * G)
        = Gᵀ * ((G * Gᵀ)⁻¹ * (G * Gᵀ)) * (G * Gᵀ)⁻¹ * G := by simp only [Matrix.mul_assoc]
      _ = Gᵀ * (G * Gᵀ)⁻¹ * G := by rw [Matrix.nonsing_inv_mul _ hdet, Matrix.mul_one]
  · calc M * (Gᵀ * (G * Gᵀ)⁻¹ * G) = F * ((G * Gᵀ) * (G * Gᵀ)⁻¹) * G := by
          rw [hM]; simp only [Matrix.mul_assoc]
      _ = M := by rw [Matrix.mul_nonsing_inv _ hdet, Matrix.mul_one, hM]
  · rw [Matrix.mul_assoc, Matrix.trace_mul_comm, Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hdet,
      Matrix.trace_one, Fintype.card_fin, hr]
  · rw [hM, Matrix.mul_assoc _ F', ← Matrix.mul_assoc F', hF, Matrix.one_mul]

/-- The trace of `Zᵀ X Z` is nonnegative if the quadratic form of `X` is. -/
lemma trace_transpose_mul_mul_nonneg {X : Matrix n n ℝ} (hX : ∀ v, 0 ≤ v ⬝ᵥ X *ᵥ v)
    (Z : Matrix n m ℝ) : 0 ≤ (Zᵀ * X * Z).trace := by
  refine Finset.sum_nonneg fun j _ => ?_
  rw [Matrix.mul_assoc]
  exact hX fun i => Z i j

/-- The trace against an orthogonal projector is nonnegative if the quadratic form is. -/
lemma trace_mul_projector_nonneg {X P : Matrix n n ℝ} (hX : ∀ v, 0 ≤ v ⬝ᵥ X *ᵥ v) (hP : Pᵀ = P)
    (hPP : P * P = P) : 0 ≤ (X * P).trace := by
  have h := trace_transpose_mul_mul_nonneg hX P
  rwa [hP, Matrix.trace_mul_comm, ← Matrix.mul_assoc, hPP, Matrix.trace_mul_comm] at h

omit [Fintype n] in
lemma PosDef.transpose_eq {Q : Matrix n n ℝ} (hQ : Q.PosDef) : Qᵀ = Q := by
  rw [← Matrix.conjTranspose_eq_transpose_of_trivial, hQ.isHermitian.eq]

omit [Fintype m] in
/-- If `G` has a right inverse, then `G * Gᵀ` is positive definite. -/
lemma posDef_mul_transpose_of_mul_eq_one [Finite m] [DecidableEq m] {G : Matrix m n ℝ}
    {G' : Matrix n m ℝ} (h : G * G' = 1) : (G * Gᵀ).PosDef := by
  have := Fintype.ofFinite m
  have hinj : Function.Injective G.vecMul := by
    intro u v huv
    have h0 := congrArg (fun x => x ᵥ* G') huv
    simpa only [Matrix.vecMul_vecMul, h, Matrix.vecMul_one] using h0
  simpa using Matrix.PosDef.mul_conjTranspose_self G hinj

/-- A positive definite real matrix is `Z * Zᵀ` for an invertible `Z`. -/
theorem PosDef.exists_mul_transpose_eq [DecidableEq n] {Q : Matrix n n ℝ} (hQ : Q.PosDef) :
    ∃ Z : Matrix n n ℝ, IsUnit Z.det ∧ Z * Zᵀ = Q := by
  have hsymm : Qᵀ = Q := hQ.transpose_eq
  have hB : ∀ x y, Matrix.toBilin' Q x y = x ⬝ᵥ Q *ᵥ y := fun x y => Matrix.toBilin'_apply' Q x y
  -- a basis that is orthogonal for the form of `Q`, indexed by `n` and scaled
  obtain ⟨v, hv⟩ := LinearMap.BilinForm.exists_orthogonal_basis (B := Matrix.toBilin' Q)
    ⟨fun x y => by
      rw [hB, hB, Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose, hsymm, dotProduct_comm]
      rfl⟩
  have hcard : Module.finrank ℝ (n → ℝ) = Fintype.card n := Module.finrank_fintype_fun_eq_card ℝ
  let e : n ≃ Fin (Module.finrank ℝ (n → ℝ)) := (Fintype.equivFinOfCardEq hcard.symm)
  have hpos : ∀ i, 0 < v i ⬝ᵥ Q *ᵥ v i := fun i => by
    simpa using hQ.dotProduct_mulVec_pos (v.ne_zero i)
  let u : n → n → ℝ := fun j => (√(v (e j) ⬝ᵥ Q *ᵥ v (e j)))⁻¹ • v (e j)
  let V : Matrix n n ℝ := Matrix.of fun i j => u j i
  have hV : Vᵀ * Q * V = 1 := by
    ext i j
    have hentry : (Vᵀ * Q * V) i j = u i ⬝ᵥ Q *ᵥ u j := by
      rw [Matrix.mul_assoc]
      rfl
    rw [hentry]
    simp only [u, Matrix.mulVec_smul, dotProduct_smul, smul_dotProduct, smul_eq_mul]
    by_cases hij : i = j
    · subst hij
      have h := (hpos (e i)).ne'
      rw [← mul_assoc, ← mul_inv, Real.mul_self_sqrt (hpos _).le, inv_mul_cancel₀ h,
        Matrix.one_apply_eq]
    · have h0 : v (e i) ⬝ᵥ Q *ᵥ v (e j) = 0 := by
        rw [← hB]
        exact hv (fun h => hij (e.injective h))
      rw [h0, mul_zero, mul_zero, Matrix.one_apply_ne hij]
  have hdet : IsUnit V.det := Matrix.isUnit_det_of_left_inverse hV
  refine ⟨(V⁻¹)ᵀ, ?_, ?_⟩
  · rw [Matrix.det_transpose]
    exact Matrix.isUnit_nonsing_inv_det V hdet
  · have hdet' : IsUnit (Vᵀ).det := by rwa [Matrix.det_transpose]
    calc (V⁻¹)ᵀ * ((V⁻¹)ᵀ)ᵀ = (Vᵀ)⁻¹ * (Vᵀ * Q * V) * V⁻¹ := by
          rw [hV, Matrix.mul_one, Matrix.transpose_transpose, Matrix.transpose_nonsing_inv]
      _ = ((Vᵀ)⁻¹ * Vᵀ) * Q * (V * V⁻¹) := by simp only [Matrix.mul_assoc]
      _ = Q := by rw [Matrix.nonsing_inv_mul _ hdet', Matrix.mul_nonsing_inv _ hdet,
          Matrix.one_mul, Matrix.mul_one]

end Matrix
