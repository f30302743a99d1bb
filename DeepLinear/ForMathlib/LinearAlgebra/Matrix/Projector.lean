/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import Mathlib.Algebra.Order.Star.Real
public import Mathlib.Analysis.Real.Sqrt
public import Mathlib.Data.Real.Basic
public import Mathlib.LinearAlgebra.Matrix.PosDef
public import Mathlib.LinearAlgebra.QuadraticForm.Basic
public import Mathlib.Tactic.FieldSimp
public import Mathlib.Tactic.Module
public import Mathlib.Topology.Instances.Matrix
public import Mathlib.Topology.Instances.Real.Lemmas

/-!
# Orthogonal projectors, square roots of positive definite matrices, and Ky Fan's inequality

Let `e` be a unit vector of the range of the orthogonal projector `P`, and `b` one of its kernel.
The projector whose range has `e + t b` in the place of `e` depends continuously on `t`, and its
rank is that of `P`.

## Main definitions

* `Matrix.turnProjector P e b t`: the turned projector.
* `Matrix.lineProj v`: the orthogonal projector onto the line of a vector.

## Main statements

* `Matrix.exists_rowProj`: the orthogonal projector on the row space of a matrix.
* `Matrix.trace_transpose_mul_mul_nonneg`: `tr (Zᵀ X Z)` for a positive semidefinite form.
* `Matrix.exists_mul_transpose_eq_and`: a symmetric matrix with a form that is never negative is
  `X * Xᵀ`, and what vanishes on its kernel is `Y * Xᵀ`.
* `Matrix.PosDef.exists_mul_transpose_eq`: a positive definite real matrix is `Z * Zᵀ`.
* `Matrix.trace_mul_projector_le`: the inequality.
* `Matrix.exists_form_le_and_le_form`: the number between the two forms that it asks for.
* `Matrix.rank_eq_trace_of_projector`: the rank of a projector is its trace.
-/

@[expose] public section

open Topology

namespace Matrix

section Projector

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The form of a Gram matrix. -/
lemma dotProduct_transpose_mul_mulVec (N : Matrix m n ℝ)
    (u v : n → ℝ) : u ⬝ᵥ (Nᵀ * N) *ᵥ v = (N *ᵥ u) ⬝ᵥ (N *ᵥ v) := by
  rw [← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec u, Matrix.vecMul_transpose]

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

/-- A symmetric matrix has an orthogonal basis: the columns of an invertible `V` with a diagonal
`Vᵀ * Q * V`. -/
lemma exists_transpose_mul_mul_eq_diagonal [DecidableEq n] {Q : Matrix n n ℝ} (hQ : Qᵀ = Q) :
    ∃ V : Matrix n n ℝ, IsUnit V.det ∧
      Vᵀ * Q * V = Matrix.diagonal fun i => Vᵀ i ⬝ᵥ Q *ᵥ Vᵀ i := by
  have hB : ∀ x y, Matrix.toBilin' Q x y = x ⬝ᵥ Q *ᵥ y := fun x y => Matrix.toBilin'_apply' Q x y
  obtain ⟨b, hb⟩ := LinearMap.BilinForm.exists_orthogonal_basis (B := Matrix.toBilin' Q)
    ⟨fun x y => by
      rw [hB, hB, Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose, hQ, dotProduct_comm]
      rfl⟩
  have hcard : Module.finrank ℝ (n → ℝ) = Fintype.card n := Module.finrank_fintype_fun_eq_card ℝ
  let v : Module.Basis n ℝ (n → ℝ) := b.reindex (Fintype.equivFinOfCardEq hcard.symm).symm
  have hv : ∀ i j, i ≠ j → v i ⬝ᵥ Q *ᵥ v j = 0 := by
    intro i j hij
    rw [← hB, Module.Basis.reindex_apply, Module.Basis.reindex_apply]
    exact hb fun h => hij ((Fintype.equivFinOfCardEq hcard.symm).injective h)
  refine ⟨Matrix.of fun i j => v j i, ?_, ?_⟩
  · have h := (Pi.basisFun ℝ n).isUnit_det v
    rwa [Pi.basisFun_det_apply, ← Matrix.det_transpose] at h
  · ext i j
    rw [Matrix.mul_assoc]
    change v i ⬝ᵥ Q *ᵥ v j = _
    by_cases hij : i = j
    · rw [hij, Matrix.diagonal_apply_eq]
      rfl
    · rw [hv i j hij, Matrix.diagonal_apply_ne _ hij]

/-- Let `Q` be symmetric with a form that is never negative, and let `C` vanish on the kernel of
`Q`. Then there are `X` and `Y` with `X * Xᵀ = Q` and `Y * Xᵀ = C`. -/
theorem exists_mul_transpose_eq_and {m : Type*} {Q : Matrix n n ℝ} (hQ : Qᵀ = Q)
    (hpos : ∀ v, 0 ≤ v ⬝ᵥ Q *ᵥ v) (C : Matrix m n ℝ) (hC : ∀ v, Q *ᵥ v = 0 → C *ᵥ v = 0) :
    ∃ (X : Matrix n n ℝ) (Y : Matrix m n ℝ), X * Xᵀ = Q ∧ Y * Xᵀ = C := by
  classical
  obtain ⟨V, hdet, hVQV⟩ := exists_transpose_mul_mul_eq_diagonal hQ
  have hdet' : IsUnit (Vᵀ).det := by rwa [Matrix.det_transpose]
  obtain ⟨q, hq⟩ : ∃ q : n → ℝ, q = fun i => Vᵀ i ⬝ᵥ Q *ᵥ Vᵀ i := ⟨_, rfl⟩
  rw [← hq] at hVQV
  have hq0 : ∀ i, 0 ≤ q i := fun i => hq ▸ hpos _
  have hQV : Q = (Vᵀ)⁻¹ * Matrix.diagonal q * V⁻¹ := by
    rw [← hVQV, Matrix.mul_assoc Vᵀ, Matrix.nonsing_inv_mul_cancel_left _ _ hdet',
      Matrix.mul_nonsing_inv_cancel_right _ _ hdet]
  have hsqrt : ∀ i, √(q i) * √(q i) = q i := fun i => Real.mul_self_sqrt (hq0 i)
  have hX : ((Vᵀ)⁻¹ * Matrix.diagonal fun i => √(q i))ᵀ =
      (Matrix.diagonal fun i => √(q i)) * V⁻¹ := by
    rw [Matrix.transpose_mul, Matrix.diagonal_transpose, Matrix.transpose_nonsing_inv,
      Matrix.transpose_transpose]
  refine ⟨(Vᵀ)⁻¹ * Matrix.diagonal fun i => √(q i),
    C * V * Matrix.diagonal fun i => (√(q i))⁻¹, ?_, ?_⟩
  · rw [hX, hQV, ← Matrix.mul_assoc, Matrix.mul_assoc _ (Matrix.diagonal _) (Matrix.diagonal _),
      Matrix.diagonal_mul_diagonal]
    simp only [hsqrt]
  · -- `C` vanishes on the vectors of the basis on which the form does
    have hCV : C * V * (Matrix.diagonal fun i => (√(q i))⁻¹ * √(q i)) = C * V := by
      ext a i
      rw [Matrix.mul_diagonal]
      by_cases h0 : q i = 0
      · have hV : Vᵀ *ᵥ (Q *ᵥ Vᵀ i) = 0 := by
          funext j
          have hentry : (Vᵀ *ᵥ (Q *ᵥ Vᵀ i)) j = (Vᵀ * Q * V) j i := by
            rw [Matrix.mul_assoc]
            rfl
          rw [hentry, hVQV, Matrix.diagonal_apply]
          split_ifs with hji
          · rw [hji]
            exact h0
          · rfl
        have hQv : Q *ᵥ Vᵀ i = 0 := by
          have h := congrArg (fun w => (Vᵀ)⁻¹ *ᵥ w) hV
          simpa only [Matrix.mulVec_mulVec, Matrix.nonsing_inv_mul_cancel_left _ _ hdet',
            Matrix.mulVec_zero] using h
        have hCv : (C * V) a i = 0 := congrFun (hC _ hQv) a
        rw [hCv, zero_mul]
      · have hpos' : √(q i) ≠ 0 := (Real.sqrt_pos.2 ((hq0 i).lt_of_ne' h0)).ne'
        rw [inv_mul_cancel₀ hpos', mul_one]
    rw [hX, ← Matrix.mul_assoc, Matrix.mul_assoc _ (Matrix.diagonal _) (Matrix.diagonal _),
      Matrix.diagonal_mul_diagonal, hCV, Matrix.mul_nonsing_inv_cancel_right _ _ hdet]

/-- A positive definite real matrix is `Z * Zᵀ` for an invertible `Z`. -/
theorem PosDef.exists_mul_transpose_eq [DecidableEq n] {Q : Matrix n n ℝ} (hQ : Q.PosDef) :
    ∃ Z : Matrix n n ℝ, IsUnit Z.det ∧ Z * Zᵀ = Q := by
  obtain ⟨Z, -, hZ, -⟩ := exists_mul_transpose_eq_and hQ.transpose_eq
    (fun v => by simpa using hQ.posSemidef.dotProduct_mulVec_nonneg v) (0 : Matrix n n ℝ)
    fun v _ => Matrix.zero_mulVec v
  refine ⟨Z, ?_, hZ⟩
  have hdet : Z.det * Z.det = Q.det := by rw [← hZ, Matrix.det_mul, Matrix.det_transpose]
  refine isUnit_iff_ne_zero.2 fun h0 => ?_
  rw [h0, zero_mul] at hdet
  -- a singular matrix is not positive definite
  obtain ⟨w, hw, hQw⟩ := Matrix.exists_mulVec_eq_zero_iff.2 hdet.symm
  have := hQ.dotProduct_mulVec_pos hw
  rw [hQw, dotProduct_zero] at this
  exact lt_irrefl _ this

end Projector

section Turned

variable {n : Type*} [Fintype n] {P : Matrix n n ℝ} {e b : n → ℝ}

/-- The projector `P` with `e + t b` in the place of the unit vector `e` of its range. -/
noncomputable def turnProjector (P : Matrix n n ℝ) (e b : n → ℝ) (t : ℝ) : Matrix n n ℝ :=
  P - vecMulVec e e + (1 + t ^ 2)⁻¹ • vecMulVec (e + t • b) (e + t • b)

/-- A vector of the range and one of the kernel are orthogonal. -/
lemma dotProduct_eq_zero_of_projector (hP : Pᵀ = P) (he : P *ᵥ e = e) (hb : P *ᵥ b = 0) :
    e ⬝ᵥ b = 0 := by
  rw [← he, ← Matrix.vecMul_transpose, hP, ← Matrix.dotProduct_mulVec, hb, dotProduct_zero]

omit [Fintype n] in
lemma turnProjector_zero : turnProjector P e b 0 = P := by
  simp [turnProjector]

omit [Fintype n] in
lemma turnProjector_transpose (hP : Pᵀ = P) (t : ℝ) :
    (turnProjector P e b t)ᵀ = turnProjector P e b t := by
  simp only [turnProjector, Matrix.transpose_add, Matrix.transpose_sub, Matrix.transpose_smul,
    Matrix.transpose_vecMulVec, hP]

omit [Fintype n] in
lemma continuous_turnProjector (P : Matrix n n ℝ) (e b : n → ℝ) :
    Continuous (turnProjector P e b) := by
  have hf : Continuous fun t : ℝ => e + t • b := by fun_prop
  have ha : Continuous fun t : ℝ => (1 + t ^ 2)⁻¹ :=
    Continuous.fun_inv₀ (by fun_prop) fun t => by positivity
  exact continuous_const.fun_add (ha.fun_smul (hf.matrix_vecMulVec hf))

/-- A form along `e + t b`, where `e` and `b` do not meet in it. -/
lemma form_add_smul {S : Matrix n n ℝ} (hbe : b ⬝ᵥ S *ᵥ e = 0) (heb : e ⬝ᵥ S *ᵥ b = 0) (t : ℝ) :
    (e + t • b) ⬝ᵥ S *ᵥ (e + t • b) = e ⬝ᵥ S *ᵥ e + t ^ 2 * (b ⬝ᵥ S *ᵥ b) := by
  simp only [Matrix.mulVec_add, Matrix.mulVec_smul, add_dotProduct, dotProduct_add,
    smul_dotProduct, dotProduct_smul, smul_eq_mul, hbe, heb]
  ring

/-- The trace against the turned projector. -/
lemma trace_mul_turnProjector {S : Matrix n n ℝ} (hbe : b ⬝ᵥ S *ᵥ e = 0) (heb : e ⬝ᵥ S *ᵥ b = 0)
    (t : ℝ) : (S * turnProjector P e b t).trace = (S * P).trace - e ⬝ᵥ S *ᵥ e +
      (1 + t ^ 2)⁻¹ * (e ⬝ᵥ S *ᵥ e + t ^ 2 * (b ⬝ᵥ S *ᵥ b)) := by
  have htrace : ∀ u v : n → ℝ, (S * vecMulVec u v).trace = v ⬝ᵥ S *ᵥ u := by
    intro u v
    rw [mul_vecMulVec, Matrix.trace_vecMulVec, dotProduct_comm]
  simp only [turnProjector, Matrix.mul_add, Matrix.mul_sub, Matrix.mul_smul, Matrix.trace_add,
    Matrix.trace_sub, Matrix.trace_smul, smul_eq_mul, htrace, form_add_smul hbe heb]

/-- The turned projector is one. -/
lemma turnProjector_mul_self (hP : Pᵀ = P) (hPP : P * P = P) (hPe : P *ᵥ e = e)
    (hPb : P *ᵥ b = 0) (he : e ⬝ᵥ e = 1) (hb : b ⬝ᵥ b = 1) (t : ℝ) :
    turnProjector P e b t * turnProjector P e b t = turnProjector P e b t := by
  have heb := dotProduct_eq_zero_of_projector hP hPe hPb
  have hbe : b ⬝ᵥ e = 0 := by rw [dotProduct_comm, heb]
  have heP : e ᵥ* P = e := by rw [← Matrix.mulVec_transpose, hP, hPe]
  have hpos : (1 + t ^ 2 : ℝ) ≠ 0 := by positivity
  obtain ⟨f, hf⟩ : ∃ f, f = e + t • b := ⟨_, rfl⟩
  have hff : f ⬝ᵥ f = 1 + t ^ 2 := by
    rw [hf]
    simp only [add_dotProduct, dotProduct_add, smul_dotProduct, dotProduct_smul, smul_eq_mul, he,
      hb, heb, hbe]
    ring
  have hPf : P *ᵥ f = e := by
    rw [hf, Matrix.mulVec_add, Matrix.mulVec_smul, hPe, hPb, smul_zero, add_zero]
  have hfP : f ᵥ* P = e := by rw [← Matrix.mulVec_transpose, hP, hPf]
  have hef : e ⬝ᵥ f = 1 := by
    rw [hf, dotProduct_add, dotProduct_smul, he, heb, smul_zero, add_zero]
  have hfe : f ⬝ᵥ e = 1 := by rw [dotProduct_comm, hef]
  obtain ⟨Q, hQ⟩ : ∃ Q, Q = P - vecMulVec e e + (1 + t ^ 2)⁻¹ • vecMulVec f f := ⟨_, rfl⟩
  rw [turnProjector, ← hf, ← hQ]
  have h1 : Q * P = P - vecMulVec e e + (1 + t ^ 2)⁻¹ • vecMulVec f e := by
    simp only [hQ, Matrix.add_mul, Matrix.sub_mul, Matrix.smul_mul, vecMulVec_mul, hPP, heP, hfP]
  have h2 : Q *ᵥ e = (1 + t ^ 2)⁻¹ • f := by
    simp only [hQ, Matrix.add_mulVec, Matrix.sub_mulVec, Matrix.smul_mulVec, vecMulVec_mulVec,
      hPe, he, hfe, MulOpposite.op_one, one_smul]
    abel
  have h3 : Q *ᵥ f = f := by
    simp only [hQ, Matrix.add_mulVec, Matrix.sub_mulVec, Matrix.smul_mulVec, vecMulVec_mulVec,
      hPf, hef, hff, MulOpposite.op_one, one_smul, sub_self, zero_add, op_smul_eq_smul, smul_smul,
      inv_mul_cancel₀ hpos]
  have h4 : Q * Q = Q * P - Q * vecMulVec e e + (1 + t ^ 2)⁻¹ • (Q * vecMulVec f f) := by
    rw [← Matrix.mul_sub, ← Matrix.mul_smul, ← Matrix.mul_add, ← hQ]
  rw [h4, h1, mul_vecMulVec, mul_vecMulVec, h2, h3, smul_vecMulVec, hQ]
  abel

/-- The turned projector is `P` with invertible factors, so that its rank is that of `P`. -/
lemma exists_turnProjector_eq_mul (hP : Pᵀ = P) (hPe : P *ᵥ e = e) (he : e ⬝ᵥ e = 1) (t : ℝ) :
    ∃ L R : Matrix n n ℝ, turnProjector P e b t = L * P * R := by
  classical
  have heP : e ᵥ* P = e := by rw [← Matrix.mulVec_transpose, hP, hPe]
  obtain ⟨f, hf⟩ : ∃ f, f = e + t • b := ⟨_, rfl⟩
  refine ⟨1 - vecMulVec e e + vecMulVec f e, 1 - vecMulVec e e + (1 + t ^ 2)⁻¹ • vecMulVec e f, ?_⟩
  have hL : (1 - vecMulVec e e + vecMulVec f e) * P = P - vecMulVec e e + vecMulVec f e := by
    simp only [Matrix.add_mul, Matrix.sub_mul, Matrix.one_mul, vecMulVec_mul, heP]
  have hLe : (P - vecMulVec e e + vecMulVec f e) *ᵥ e = f := by
    simp only [Matrix.add_mulVec, Matrix.sub_mulVec, vecMulVec_mulVec, hPe, he,
      MulOpposite.op_one, one_smul, sub_self, zero_add]
  rw [hL, Matrix.mul_add, Matrix.mul_sub, Matrix.mul_one, Matrix.mul_smul, mul_vecMulVec,
    mul_vecMulVec, hLe, turnProjector, ← hf]
  abel

end Turned

/-! ### The projector onto a line -/

section Line

variable {n : Type*} [Fintype n]

/-- A vector that is not zero has a positive square. -/
lemma dotProduct_self_pos {v : n → ℝ} (hv : v ≠ 0) : 0 < v ⬝ᵥ v :=
  (Finset.sum_nonneg fun i _ => mul_self_nonneg (v i)).lt_of_ne
    fun h => hv (dotProduct_self_eq_zero.1 h.symm)

/-- The orthogonal projector onto the line of `v`: `v vᵀ / ‖v‖²`. -/
noncomputable def lineProj (v : n → ℝ) : Matrix n n ℝ :=
  (v ⬝ᵥ v)⁻¹ • vecMulVec v v

lemma transpose_lineProj (v : n → ℝ) : (lineProj v)ᵀ = lineProj v := by
  rw [lineProj, Matrix.transpose_smul, Matrix.transpose_vecMulVec]

lemma lineProj_mul_lineProj {v : n → ℝ} (hv : v ≠ 0) :
    lineProj v * lineProj v = lineProj v := by
  rw [lineProj, Matrix.smul_mul, Matrix.mul_smul, vecMulVec_mul_vecMulVec, vecMulVec_smul,
    smul_smul, smul_smul, mul_assoc, inv_mul_cancel₀ (dotProduct_self_pos hv).ne', mul_one]

lemma lineProj_mul_lineProj_of_dotProduct_eq_zero {v w : n → ℝ} (h : v ⬝ᵥ w = 0) :
    lineProj v * lineProj w = 0 := by
  rw [lineProj, lineProj, Matrix.smul_mul, Matrix.mul_smul, vecMulVec_mul_vecMulVec, h, zero_smul]
  ext
  simp

lemma mul_lineProj_of_mulVec_eq {P : Matrix n n ℝ} {v : n → ℝ} (h : P *ᵥ v = v) :
    P * lineProj v = lineProj v := by
  rw [lineProj, Matrix.mul_smul, mul_vecMulVec, h]

lemma mul_lineProj_of_mulVec_eq_zero {P : Matrix n n ℝ} {v : n → ℝ} (h : P *ᵥ v = 0) :
    P * lineProj v = 0 := by
  rw [lineProj, Matrix.mul_smul, mul_vecMulVec, h]
  ext
  simp

lemma trace_mul_lineProj (S : Matrix n n ℝ) (v : n → ℝ) :
    (S * lineProj v).trace = (v ⬝ᵥ v)⁻¹ * (v ⬝ᵥ S *ᵥ v) := by
  rw [lineProj, Matrix.mul_smul, Matrix.trace_smul, mul_vecMulVec, trace_vecMulVec,
    dotProduct_comm (S *ᵥ v) v, smul_eq_mul]

lemma trace_lineProj {v : n → ℝ} (hv : v ≠ 0) : (lineProj v).trace = 1 := by
  rw [lineProj, Matrix.trace_smul, trace_vecMulVec, smul_eq_mul,
    inv_mul_cancel₀ (dotProduct_self_pos hv).ne']

end Line

/-! ### Ky Fan's inequality, without eigenvalues

Among the orthogonal projectors of no larger trace, `tr (S P)` is greatest for one that commutes
with `S` and on whose range the form of `S` is nowhere below its values on the kernel. -/

variable {m n : Type*} [Fintype m] [Fintype n]

/-- A vector that is not zero is a positive multiple of a unit vector. -/
lemma exists_eq_smul_of_ne_zero {v : n → ℝ} (hv : v ≠ 0) :
    ∃ (a : ℝ) (w : n → ℝ), 0 < a ∧ v = a • w ∧ w ⬝ᵥ w = 1 := by
  have hpos := dotProduct_self_pos hv
  have hsqrt : 0 < √(v ⬝ᵥ v) := Real.sqrt_pos.2 hpos
  refine ⟨√(v ⬝ᵥ v), (√(v ⬝ᵥ v))⁻¹ • v, hsqrt, ?_, ?_⟩
  · rw [smul_smul, mul_inv_cancel₀ hsqrt.ne', one_smul]
  · rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul, ← mul_assoc, ← mul_inv,
      Real.mul_self_sqrt hpos.le, inv_mul_cancel₀ hpos.ne']

/-- From unit vectors to all vectors: a form that is nowhere on the kernel of `P` above its values
on the range. -/
lemma mul_form_le_mul_form {S P : Matrix n n ℝ}
    (h : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 → e ⬝ᵥ e = 1 → b ⬝ᵥ b = 1 →
      b ⬝ᵥ S *ᵥ b ≤ e ⬝ᵥ S *ᵥ e) {e b : n → ℝ} (he : P *ᵥ e = e) (hb : P *ᵥ b = 0) :
    (b ⬝ᵥ S *ᵥ b) * (e ⬝ᵥ e) ≤ (e ⬝ᵥ S *ᵥ e) * (b ⬝ᵥ b) := by
  rcases eq_or_ne e 0 with rfl | he0
  · simp
  rcases eq_or_ne b 0 with rfl | hb0
  · simp
  obtain ⟨a, w, ha, rfl, hw⟩ := exists_eq_smul_of_ne_zero he0
  obtain ⟨c, x, hc, rfl, hx⟩ := exists_eq_smul_of_ne_zero hb0
  rw [Matrix.mulVec_smul] at he hb
  have hle := mul_le_mul_of_nonneg_left (h w x (smul_right_injective _ ha.ne' he)
    ((smul_eq_zero.1 hb).resolve_left hc.ne') hw hx) (by positivity : 0 ≤ a * a * (c * c))
  simp only [Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul, hw, hx]
  linarith

/-- A number between the form on the kernel of a projector and the form on its range. -/
lemma exists_form_le_and_le_form {S P : Matrix n n ℝ} (hS : ∀ v, 0 ≤ v ⬝ᵥ S *ᵥ v)
    (hPP : P * P = P) (hP : P ≠ 0)
    (h : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 →
      (b ⬝ᵥ S *ᵥ b) * (e ⬝ᵥ e) ≤ (e ⬝ᵥ S *ᵥ e) * (b ⬝ᵥ b)) :
    ∃ c : ℝ, 0 ≤ c ∧ (∀ b, P *ᵥ b = 0 → b ⬝ᵥ S *ᵥ b ≤ c * (b ⬝ᵥ b)) ∧
      ∀ e, P *ᵥ e = e → c * (e ⬝ᵥ e) ≤ e ⬝ᵥ S *ᵥ e := by
  classical
  let s : Set ℝ := insert 0 {x | ∃ b, P *ᵥ b = 0 ∧ b ≠ 0 ∧ x = (b ⬝ᵥ S *ᵥ b) / (b ⬝ᵥ b)}
  let t : Set ℝ := {x | ∃ e, P *ᵥ e = e ∧ e ≠ 0 ∧ x = (e ⬝ᵥ S *ᵥ e) / (e ⬝ᵥ e)}
  have ht : t.Nonempty := by
    obtain ⟨v, hv⟩ : ∃ v, P *ᵥ v ≠ 0 := by
      by_contra! hall
      exact hP (Matrix.ext fun i j => by simpa using congrFun (hall (Pi.single j 1)) i)
    exact ⟨_, P *ᵥ v, by rw [Matrix.mulVec_mulVec, hPP], hv, rfl⟩
  obtain ⟨c, hcs, hct⟩ := exists_between_of_forall_le (s := s) (t := t) ⟨0, Set.mem_insert _ _⟩ ht
    (by
      rintro x (rfl | ⟨b, hPb, hb, rfl⟩) y ⟨e, hPe, he, rfl⟩
      · exact div_nonneg (hS e) (dotProduct_self_pos he).le
      · rw [div_le_div_iff₀ (dotProduct_self_pos hb) (dotProduct_self_pos he)]
        exact h e b hPe hPb)
  refine ⟨c, hcs (Set.mem_insert _ _), fun b hPb => ?_, fun e hPe => ?_⟩
  · rcases eq_or_ne b 0 with rfl | hb
    · simp
    · exact (div_le_iff₀ (dotProduct_self_pos hb)).1
        (hcs (Set.mem_insert_of_mem _ ⟨b, hPb, hb, rfl⟩))
  · rcases eq_or_ne e 0 with rfl | he
    · simp
    · exact (le_div_iff₀ (dotProduct_self_pos he)).1 (hct ⟨e, hPe, he, rfl⟩)

/-- **Ky Fan's inequality**, without eigenvalues: if `S` commutes with the projector `P`
and its form is at most `c` on the kernel of `P` and at least `c` on the range, for some `c ≥ 0`,
then `P` has the largest `tr (S P')` among the projectors `P'` of no larger trace. -/
theorem trace_mul_projector_le {S P P' : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P)
    (hcomm : S * P = P * S) (hP' : P'ᵀ = P') (hPP' : P' * P' = P') (htr : P'.trace ≤ P.trace)
    {c : ℝ} (hc : 0 ≤ c) (hb : ∀ b, P *ᵥ b = 0 → b ⬝ᵥ S *ᵥ b ≤ c * (b ⬝ᵥ b))
    (he : ∀ e, P *ᵥ e = e → c * (e ⬝ᵥ e) ≤ e ⬝ᵥ S *ᵥ e) : (S * P').trace ≤ (S * P).trace := by
  classical
  let X := P * (S - c • 1) * P
  let Y := (1 - P) * (c • 1 - S) * (1 - P)
  have hform : ∀ (Z : Matrix n n ℝ) (T : Matrix n n ℝ), Zᵀ = Z → ∀ v,
      v ⬝ᵥ (Z * T * Z) *ᵥ v = (Z *ᵥ v) ⬝ᵥ T *ᵥ (Z *ᵥ v) := by
    intro Z T hZ v
    rw [Matrix.mulVec_mulVec, Matrix.mul_assoc, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
      ← Matrix.mulVec_transpose, hZ]
  have hX : ∀ v, 0 ≤ v ⬝ᵥ X *ᵥ v := by
    intro v
    rw [hform P _ hP]
    have := he (P *ᵥ v) (by rw [Matrix.mulVec_mulVec, hPP])
    simp only [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub,
      dotProduct_smul, smul_eq_mul]
    linarith
  have h1P : (1 - P)ᵀ = 1 - P := by rw [Matrix.transpose_sub, Matrix.transpose_one, hP]
  have hY : ∀ v, 0 ≤ v ⬝ᵥ Y *ᵥ v := by
    intro v
    rw [hform (1 - P) _ h1P]
    have := hb ((1 - P) *ᵥ v) (by
      rw [Matrix.mulVec_mulVec, Matrix.mul_sub, Matrix.mul_one, hPP, sub_self, Matrix.zero_mulVec])
    simp only [Matrix.sub_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec, dotProduct_sub,
      dotProduct_smul, smul_eq_mul] at this ⊢
    linarith
  have hSPP : S * P * P = S * P := by rw [Matrix.mul_assoc, hPP]
  have hS : S = X - Y + c • 1 := by
    simp only [X, Y, Matrix.mul_sub, Matrix.sub_mul, Matrix.mul_smul, Matrix.smul_mul,
      Matrix.mul_one, Matrix.one_mul, hPP, ← hcomm, hSPP]
    module
  have hXP : X * P = X := by simp only [X, Matrix.mul_assoc, hPP]
  have hYP : Y * P = 0 := by
    simp only [Y, Matrix.mul_assoc, Matrix.sub_mul, Matrix.one_mul, hPP, sub_self, Matrix.mul_zero]
  have h1P' : (1 - P')ᵀ = 1 - P' := by rw [Matrix.transpose_sub, Matrix.transpose_one, hP']
  have h1PP' : (1 - P') * (1 - P') = 1 - P' := by
    rw [Matrix.mul_sub, Matrix.mul_one, Matrix.sub_mul, Matrix.one_mul, hPP', sub_self, sub_zero]
  have e1 := trace_mul_projector_nonneg hX h1P' h1PP'
  have e2 := trace_mul_projector_nonneg hY hP' hPP'
  rw [Matrix.mul_sub, Matrix.mul_one, Matrix.trace_sub] at e1
  have e3 : (S * P').trace = (X * P').trace - (Y * P').trace + c * P'.trace := by
    conv_lhs => rw [hS]
    simp only [Matrix.add_mul, Matrix.sub_mul, Matrix.smul_mul, Matrix.one_mul, Matrix.trace_add,
      Matrix.trace_sub, Matrix.trace_smul, smul_eq_mul]
  have e4 : (S * P).trace = X.trace + c * P.trace := by
    conv_lhs => rw [hS]
    simp only [Matrix.add_mul, Matrix.sub_mul, Matrix.smul_mul, Matrix.one_mul, Matrix.trace_add,
      Matrix.trace_smul, smul_eq_mul, hXP, hYP, sub_zero]
  have e5 := mul_le_mul_of_nonneg_left htr hc
  linarith

/-- The rank of an orthogonal projector is its trace. -/
lemma rank_eq_trace_of_projector {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P) :
    (P.rank : ℝ) = P.trace := by
  obtain ⟨P', hP', -, hPP', htr, X, hX⟩ := P.exists_rowProj
  have h1 : P' * P = P := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, hP, hP', hPP']
  have h2 : P' * P = P' := by rw [hX, Matrix.mul_assoc, hPP]
  rw [← htr, ← h2, h1]

end Matrix
