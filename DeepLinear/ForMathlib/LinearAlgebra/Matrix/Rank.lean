/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import Mathlib.LinearAlgebra.Matrix.NonsingularInverse
import Mathlib.LinearAlgebra.Matrix.Rank
import Mathlib.Tactic.Abel

/-!
# More on the rank of a matrix

## Main statements

* `Matrix.exists_mul_eq_one_of_rank_eq`: a matrix of full column rank has a left inverse.
* `Matrix.exists_fullRank_factorization`: the full-rank factorization.
* `Matrix.mul_inv_mul_eq_self`: the skeleton (or cross) decomposition.
-/

namespace Matrix

variable {m n o r 𝕜 : Type*} [Fintype n] [Fintype r] [Field 𝕜]

/-- Rank and nullity of a matrix. -/
lemma rank_add_finrank_ker (A : Matrix m n 𝕜) :
    A.rank + Module.finrank 𝕜 (LinearMap.ker A.mulVecLin) = Fintype.card n := by
  have h := A.mulVecLin.finrank_range_add_finrank_ker
  rw [Module.finrank_fintype_fun_eq_card] at h
  exact h

/-- A matrix of full column rank has a left inverse. -/
lemma exists_mul_eq_one_of_rank_eq [Fintype m] [DecidableEq r] (X : Matrix m r 𝕜)
    (h : X.rank = Fintype.card r) : ∃ Y : Matrix r m 𝕜, Y * X = 1 := by
  classical
  have hker : LinearMap.ker (Matrix.toLin' X) = ⊥ := by
    have hsum := X.rank_add_finrank_ker
    rw [Matrix.toLin'_apply']
    exact Submodule.finrank_eq_zero.1 (by omega)
  obtain ⟨g, hg⟩ := LinearMap.exists_leftInverse_of_injective _ hker
  refine ⟨LinearMap.toMatrix' g, ?_⟩
  rw [← LinearMap.toMatrix'_toLin' X, ← LinearMap.toMatrix'_comp, hg, LinearMap.toMatrix'_id]

/-- A matrix of full row rank has a right inverse. -/
lemma exists_mul_eq_one_of_rank_eq' [DecidableEq r] (X : Matrix r n 𝕜)
    (h : X.rank = Fintype.card r) : ∃ Y : Matrix n r 𝕜, X * Y = 1 := by
  obtain ⟨Y, hY⟩ := exists_mul_eq_one_of_rank_eq Xᵀ ((rank_transpose X).trans h)
  refine ⟨Yᵀ, ?_⟩
  rw [← Matrix.transpose_inj, transpose_mul, transpose_transpose, hY, transpose_one]

/-- If the columns of `A` are combinations of those of `B`, then `A = B * Z`. -/
lemma exists_eq_mul_of_range_le [Fintype o] {A : Matrix m n 𝕜} {B : Matrix m o 𝕜}
    (h : LinearMap.range A.mulVecLin ≤ LinearMap.range B.mulVecLin) :
    ∃ Z : Matrix o n 𝕜, A = B * Z := by
  classical
  have hcol : ∀ j, ∃ z, B *ᵥ z = A *ᵥ Pi.single j 1 := fun j =>
    h (LinearMap.mem_range_self A.mulVecLin (Pi.single j 1))
  choose z hz using hcol
  refine ⟨Matrix.of fun i j => z j i, ?_⟩
  ext i j
  have hij := congrFun (hz j) i
  rw [Matrix.mulVec_single_one] at hij
  simpa [Matrix.mul_apply, Matrix.mulVec, dotProduct] using hij.symm

/-- If `A * B` has the rank of `A`, then `A` is recovered from it. -/
lemma exists_eq_mul_of_rank_mul_eq [Fintype o] {A : Matrix m n 𝕜} {B : Matrix n o 𝕜}
    (h : (A * B).rank = A.rank) : ∃ Z : Matrix o n 𝕜, A = A * B * Z := by
  refine exists_eq_mul_of_range_le ?_
  have hle : LinearMap.range (A * B).mulVecLin ≤ LinearMap.range A.mulVecLin := by
    rw [Matrix.mulVecLin_mul]
    exact LinearMap.range_comp_le_range _ _
  exact (Submodule.eq_of_le_of_finrank_eq hle h).ge

/-- The full-rank factorization: a matrix of rank `r` is `F * G`, where `F` has `r` columns and a
left inverse, and `G` has `r` rows and a right inverse. -/
theorem exists_fullRank_factorization [Fintype m] (A : Matrix m n 𝕜) :
    ∃ (r : ℕ) (F : Matrix m (Fin r) 𝕜) (G : Matrix (Fin r) n 𝕜) (F' : Matrix (Fin r) m 𝕜)
      (G' : Matrix n (Fin r) 𝕜), r = A.rank ∧ A = F * G ∧ F' * F = 1 ∧ G * G' = 1 := by
  obtain ⟨r, hr⟩ : ∃ r, r = A.rank := ⟨_, rfl⟩
  let b := Module.finBasisOfFinrankEq 𝕜 (LinearMap.range A.mulVecLin) hr.symm
  let F : Matrix m (Fin r) 𝕜 := Matrix.of fun i j => (b j : m → 𝕜) i
  have hrange : LinearMap.range A.mulVecLin ≤ LinearMap.range F.mulVecLin := by
    rintro _ ⟨x, rfl⟩
    let y : LinearMap.range A.mulVecLin := ⟨A.mulVecLin x, LinearMap.mem_range_self _ x⟩
    refine ⟨b.repr y, ?_⟩
    have hsum : ∑ i, b.repr y i • (b i : m → 𝕜) = A.mulVecLin x := by
      have h := congrArg Subtype.val (b.sum_repr y)
      rwa [Submodule.coe_sum] at h
    rw [← hsum]
    ext i
    simp [F, Matrix.mulVec, dotProduct, mul_comm]
  obtain ⟨G, hG⟩ := exists_eq_mul_of_range_le hrange
  have hF : F.rank = Fintype.card (Fin r) := by
    refine le_antisymm F.rank_le_card_width ?_
    rw [Fintype.card_fin]
    exact (hr.trans (congrArg rank hG)).trans_le (rank_mul_le_left F G)
  have hG' : G.rank = Fintype.card (Fin r) := by
    refine le_antisymm G.rank_le_card_height ?_
    rw [Fintype.card_fin]
    exact (hr.trans (congrArg rank hG)).trans_le (rank_mul_le_right F G)
  obtain ⟨F', hF'⟩ := exists_mul_eq_one_of_rank_eq F hF
  obtain ⟨G', hGG'⟩ := exists_mul_eq_one_of_rank_eq' G hG'
  exact ⟨r, F, G, F', G', hr, hG, hF', hGG'⟩

/-- Fewer independent rows than rows: some combination of the rows vanishes. -/
lemma exists_vecMul_eq_zero [Fintype m] (A : Matrix m n 𝕜) (h : A.rank < Fintype.card m) :
    ∃ u : m → 𝕜, u ≠ 0 ∧ u ᵥ* A = 0 := by
  have hsum := Aᵀ.rank_add_finrank_ker
  rw [rank_transpose] at hsum
  have hpos : 0 < Module.finrank 𝕜 (LinearMap.ker Aᵀ.mulVecLin) := by omega
  obtain ⟨u, hu, hne⟩ :=
    Submodule.exists_mem_ne_zero_of_ne_bot (Submodule.one_le_finrank_iff.1 hpos)
  refine ⟨u, hne, ?_⟩
  rwa [LinearMap.mem_ker, Matrix.mulVecLin_apply, Matrix.mulVec_transpose] at hu

/-- Where the rank drops, the kernel grows. -/
lemma exists_mulVec_ne_zero_of_rank_lt [Fintype m] (A : Matrix o m 𝕜) (B : Matrix m n 𝕜)
    (h : (A * B).rank < B.rank) : ∃ x, B *ᵥ x ≠ 0 ∧ A *ᵥ (B *ᵥ x) = 0 := by
  by_contra! hne
  have hker : LinearMap.ker (A * B).mulVecLin ≤ LinearMap.ker B.mulVecLin := by
    intro x hx
    rw [LinearMap.mem_ker, Matrix.mulVecLin_apply] at hx ⊢
    by_contra hx'
    exact hne x hx' (by rwa [Matrix.mulVec_mulVec])
  have h1 := (A * B).rank_add_finrank_ker
  have h2 := B.rank_add_finrank_ker
  have h3 := Submodule.finrank_mono hker
  omega

lemma rank_add_le (A B : Matrix m n 𝕜) : (A + B).rank ≤ A.rank + B.rank := by
  have hrange : LinearMap.range (A + B).mulVecLin ≤
      LinearMap.range A.mulVecLin ⊔ LinearMap.range B.mulVecLin := by
    rintro _ ⟨x, rfl⟩
    rw [Matrix.mulVecLin_add]
    exact Submodule.add_mem_sup (LinearMap.mem_range_self _ x) (LinearMap.mem_range_self _ x)
  exact (Submodule.finrank_mono hrange).trans (Submodule.finrank_add_le_finrank_add_finrank _ _)

/-- A linear functional on matrices that vanishes on the rank-one matrices is zero. -/
lemma linearMap_eq_zero_of_vecMulVec {m n M : Type*} [Finite m] [Finite n] [AddCommGroup M]
    [Module 𝕜 M] (l : Matrix m n 𝕜 →ₗ[𝕜] M) (h : ∀ v y, l (vecMulVec v y) = 0) : l = 0 := by
  classical
  refine LinearMap.ext fun A => ?_
  refine Matrix.induction_on' (P := fun A => l A = 0) A (map_zero l) ?_ fun i j x => ?_
  · intro p q hp hq
    rw [map_add, hp, hq, add_zero]
  · have hsingle : single i j x = x • vecMulVec (Pi.single i 1) (Pi.single j 1) := by
      rw [← single_eq_single_vecMulVec_single, smul_single, smul_eq_mul, mul_one]
    rw [hsingle, map_smul, h, smul_zero]

/-- The skeleton identity: if `P * R * S` is invertible and its size is at least the rank of `R`,
then `R` is recovered from its columns `R * S` and its rows `P * R`. -/
theorem mul_inv_mul_eq_self [Fintype m] [DecidableEq r] (R : Matrix m n 𝕜) (P : Matrix r m 𝕜)
    (S : Matrix n r 𝕜) (hR : R.rank ≤ Fintype.card r) (hu : IsUnit (P * R * S).det) :
    R * S * (P * R * S)⁻¹ * P * R = R := by
  have hle : LinearMap.range (R * S).mulVecLin ≤ LinearMap.range R.mulVecLin := by
    rw [Matrix.mulVecLin_mul]
    exact LinearMap.range_comp_le_range _ _
  have hrank : R.rank ≤ (R * S).rank := by
    refine hR.trans ?_
    rw [← rank_of_isUnit _ ((Matrix.isUnit_iff_isUnit_det _).2 hu), Matrix.mul_assoc]
    exact rank_mul_le_right _ _
  obtain ⟨Z, hZ⟩ := exists_eq_mul_of_range_le (Submodule.eq_of_le_of_finrank_le hle hrank).ge
  have hPR : P * R = P * R * S * Z := by
    rw [Matrix.mul_assoc, Matrix.mul_assoc, ← Matrix.mul_assoc R, ← hZ]
  calc R * S * (P * R * S)⁻¹ * P * R
      = R * S * ((P * R * S)⁻¹ * (P * R)) := by simp only [Matrix.mul_assoc]
    _ = R * S * ((P * R * S)⁻¹ * (P * R * S * Z)) := by rw [← hPR]
    _ = R * S * Z := by rw [← Matrix.mul_assoc (P * R * S)⁻¹, Matrix.nonsing_inv_mul _ hu,
        Matrix.one_mul]
    _ = R := hZ.symm

end Matrix
