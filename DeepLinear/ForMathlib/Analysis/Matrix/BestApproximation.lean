/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.EckartYoung

/-!
# Best approximations by matrices of bounded rank, to second order

At a best approximation `M` of `N` among the matrices of no larger rank the distance to `N` does not
fall to second order along directions that are tangent to these matrices. With `X` the inverse of
`M` between its row and its column space this reads `2 ⟨N - M, D X D⟩ ≤ ‖D‖²` for every `D`. The
proof exchanges vectors of the row space for vectors of its complement, in sums over the rows and
the columns of one matrix; there are no singular vectors in it.

How good an approximation can be at all is bounded by two forms: with `Nᵀ N ≤ c + B`, the squared
error of every matrix of rank at most `p` is at least `‖N‖² - c p - tr B`.

## Main statements

* `Matrix.exchanged_projector`: a projector with one vector of its range exchanged.
* `Matrix.rotation_le_of_isMinOn`: the form of `Nᵀ N` is larger on the row space of `M`.
* `Matrix.exists_ginv_two_mul_trace_le`: the second-order inequality.
* `Matrix.le_sqNorm_sub_of_form_le`: the lower bound of the error.
-/

@[expose] public section

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The squared norm splits along a projector. -/
lemma sqNorm_eq_add_of_projector (A : Matrix m n ℝ) {P : Matrix n n ℝ} [DecidableEq n] (hP : Pᵀ = P)
    (hPP : P * P = P) : sqNorm A = sqNorm (A * P) + sqNorm (A * (1 - P)) := by
  have h0 : A * P * (A * (1 - P))ᵀ = 0 := by
    rw [Matrix.transpose_mul, Matrix.transpose_sub, Matrix.transpose_one, hP,
      Matrix.mul_assoc A P, ← Matrix.mul_assoc P, Matrix.mul_sub, hPP, Matrix.mul_one, sub_self,
      Matrix.zero_mul, Matrix.mul_zero]
  conv_lhs => rw [show A = A * P + A * (1 - P) by rw [← Matrix.mul_add]; simp, sqNorm_add, h0]
  simp

lemma sqNorm_mul_projector_le (A : Matrix m n ℝ) {P : Matrix n n ℝ} (hP : Pᵀ = P)
    (hPP : P * P = P) : sqNorm (A * P) ≤ sqNorm A := by
  classical
  rw [sqNorm_eq_add_of_projector A hP hPP]
  linarith [sqNorm_nonneg (A * (1 - P))]

lemma sqNorm_projector_mul_le (A : Matrix m n ℝ) {P : Matrix m m ℝ} (hP : Pᵀ = P)
    (hPP : P * P = P) : sqNorm (P * A) ≤ sqNorm A := by
  have h := sqNorm_mul_projector_le Aᵀ hP hPP
  rwa [← sqNorm_transpose (P * A), Matrix.transpose_mul, hP, ← sqNorm_transpose A]

/-- The exchange inequality, summed over the rows `u` and the columns `e` of a matrix between the
complement and the range of a projector. -/
lemma sqNorm_mul_transpose_le_of_rotation {N M : Matrix m n ℝ} {P U : Matrix n n ℝ}
    (hNP : N * P = M) (hPU : P * U = U) (hUP : U * P = 0)
    (hP : Pᵀ = P)
    (hrot : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 →
      (b ⬝ᵥ (Nᵀ * N) *ᵥ b) * (e ⬝ᵥ e) ≤ (e ⬝ᵥ (Nᵀ * N) *ᵥ e) * (b ⬝ᵥ b)) :
    sqNorm ((N - M) * Uᵀ) ≤ sqNorm (M * U) := by
  have hrow : ∀ i, P *ᵥ U i = 0 := by
    intro i
    have h : (U * P) i = 0 := by rw [hUP]; rfl
    rw [← hP, Matrix.mulVec_transpose]
    rw [Matrix.mul_apply_eq_vecMul] at h
    exact h
  have hcol : ∀ j, P *ᵥ Uᵀ j = Uᵀ j := by
    intro j
    have h : P *ᵥ Uᵀ j = (P * U)ᵀ j := by
      ext i
      simp [Matrix.mulVec, dotProduct, Matrix.mul_apply]
    rw [h, hPU]
  -- the two squared norms by vectors
  have hleft : sqNorm ((N - M) * Uᵀ) = ∑ i, U i ⬝ᵥ (Nᵀ * N) *ᵥ U i := by
    rw [← sqNorm_transpose, sqNorm_eq_sum_rows]
    refine Finset.sum_congr rfl fun i _ => ?_
    rw [dotProduct_transpose_mul_mulVec]
    have h : ((N - M) * Uᵀ)ᵀ i = N *ᵥ U i := by
      have hM : M *ᵥ U i = 0 := by rw [← hNP, ← Matrix.mulVec_mulVec, hrow, Matrix.mulVec_zero]
      rw [← sub_zero (N *ᵥ U i), ← hM, ← Matrix.sub_mulVec]
      ext k
      simp [Matrix.mulVec, dotProduct, Matrix.mul_apply]
    rw [h]
  have hright : sqNorm (M * U) = ∑ j, Uᵀ j ⬝ᵥ (Nᵀ * N) *ᵥ Uᵀ j := by
    rw [← sqNorm_transpose, sqNorm_eq_sum_rows]
    refine Finset.sum_congr rfl fun j _ => ?_
    rw [dotProduct_transpose_mul_mulVec]
    have h : (M * U)ᵀ j = N *ᵥ Uᵀ j := by
      rw [← hNP, Matrix.mul_assoc, hPU]
      ext k
      simp [Matrix.mulVec, dotProduct, Matrix.mul_apply]
    rw [h]
  have hsum : (∑ i, U i ⬝ᵥ (Nᵀ * N) *ᵥ U i) * sqNorm U ≤
      (∑ j, Uᵀ j ⬝ᵥ (Nᵀ * N) *ᵥ Uᵀ j) * sqNorm U := by
    have h1 : sqNorm U = ∑ j, Uᵀ j ⬝ᵥ Uᵀ j := by rw [← sqNorm_transpose, sqNorm_eq_sum_rows]
    conv_lhs => rw [h1]
    rw [sqNorm_eq_sum_rows U, Finset.sum_mul_sum, Finset.sum_mul_sum, Finset.sum_comm]
    exact Finset.sum_le_sum fun j _ => Finset.sum_le_sum fun i _ =>
      hrot (Uᵀ j) (U i) (hcol j) (hrow i)
  rw [hleft, hright]
  rcases (sqNorm_nonneg U).eq_or_lt with h0 | hpos
  · have hU : U = 0 := trace_mul_transpose_self_eq_zero_iff.1 h0.symm
    simp [hU]
  · exact le_of_mul_le_mul_right hsum hpos

/-- An error between the complements of two projectors, against `D X D` with `X = P X Q`. -/
lemma trace_mul_transpose_of_projectors [DecidableEq m] [DecidableEq n] {E : Matrix m n ℝ}
    {P : Matrix n n ℝ} {Q : Matrix m m ℝ} (hP : Pᵀ = P) (hQ : Qᵀ = Q) (hEP : E * P = 0)
    (hQE : Q * E = 0) {X : Matrix n m ℝ} (hPX : P * X = X) (hXQ : X * Q = X)
    (D : Matrix m n ℝ) :
    (E * (D * X * D)ᵀ).trace = (E * (X * (Q * D * (1 - P)))ᵀ * ((1 - Q) * D * P)ᵀ).trace := by
  have h1 : E * (1 - P) = E := by rw [Matrix.mul_sub, Matrix.mul_one, hEP, sub_zero]
  have h2 : (1 - Q) * E = E := by rw [Matrix.sub_mul, Matrix.one_mul, hQE, sub_zero]
  have h3 : Xᵀ = Q * Xᵀ * P := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_mul,
      Matrix.transpose_transpose, hQ, hP, hXQ, hPX]
  have hQ1 : (1 - Q)ᵀ = 1 - Q := by rw [Matrix.transpose_sub, Matrix.transpose_one, hQ]
  have hP1 : (1 - P)ᵀ = 1 - P := by rw [Matrix.transpose_sub, Matrix.transpose_one, hP]
  calc (E * (D * X * D)ᵀ).trace = (E * Dᵀ * Xᵀ * Dᵀ).trace := by
        simp only [Matrix.transpose_mul, Matrix.mul_assoc]
    _ = ((1 - Q) * (E * (1 - P)) * Dᵀ * (Q * Xᵀ * P) * Dᵀ).trace := by
        rw [h1, h2, ← h3]
    _ = (E * (1 - P) * Dᵀ * Q * Xᵀ * (P * Dᵀ * (1 - Q))).trace := by
        rw [Matrix.mul_assoc (1 - Q), Matrix.mul_assoc (1 - Q), Matrix.mul_assoc (1 - Q),
          Matrix.trace_mul_comm]
        simp only [Matrix.mul_assoc]
    _ = (E * (X * (Q * D * (1 - P)))ᵀ * ((1 - Q) * D * P)ᵀ).trace := by
        simp only [Matrix.transpose_mul, hQ, hP, hQ1, hP1, Matrix.mul_assoc]
  rfl

/-- The second-order inequality at a best approximation `M` of `N` of its own rank: along every
direction `D` tangent to the matrices of that rank the curvature is not negative. -/
theorem exists_ginv_two_mul_trace_le {N M : Matrix m n ℝ} (hEM : (N - M) * Mᵀ = 0)
    (hME : Mᵀ * (N - M) = 0) {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P) (hMP : M * P = M)
    {X₀ : Matrix n m ℝ} (hPX : P = X₀ * M)
    (hrot : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 →
      (b ⬝ᵥ (Nᵀ * N) *ᵥ b) * (e ⬝ᵥ e) ≤ (e ⬝ᵥ (Nᵀ * N) *ᵥ e) * (b ⬝ᵥ b)) :
    ∃ X : Matrix n m ℝ, M * X * M = M ∧
      ∀ D : Matrix m n ℝ, 2 * ((N - M) * (D * X * D)ᵀ).trace ≤ sqNorm D := by
  classical
  obtain ⟨Q, hQ, hQQ, hMQ, -, Y, hQY⟩ := Mᵀ.exists_rowProj
  have hQM : Q * M = M := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, hQ, hMQ]
  have hQY' : Q = M * Yᵀ := by
    rw [← hQ, hQY, Matrix.transpose_mul, Matrix.transpose_transpose]
  have hNP : N * P = M := mul_projector_eq hEM hP hMP hPX
  obtain ⟨X, hMX, hPXX, hXQ⟩ : ∃ X : Matrix n m ℝ, M * X = Q ∧ P * X = X ∧ X * Q = X :=
    ⟨P * Yᵀ * Q, by rw [← Matrix.mul_assoc, ← Matrix.mul_assoc, hMP, ← hQY', hQQ],
      by rw [← Matrix.mul_assoc, ← Matrix.mul_assoc, hPP], by rw [Matrix.mul_assoc, hQQ]⟩
  refine ⟨X, by rw [hMX, hQM], fun D => ?_⟩
  set A := (1 - Q) * D * P with hA
  set B := Q * D * (1 - P) with hB
  set U := X * B with hU
  have hMU : M * U = B := by
    rw [hU, ← Matrix.mul_assoc, hMX, hB, ← Matrix.mul_assoc, ← Matrix.mul_assoc, hQQ]
  have hPU : P * U = U := by rw [hU, ← Matrix.mul_assoc, hPXX]
  have hUP : U * P = 0 := by
    have hBP : B * P = 0 := by
      rw [hB, Matrix.mul_assoc, Matrix.sub_mul, Matrix.one_mul, hPP, sub_self, Matrix.mul_zero]
    rw [hU, Matrix.mul_assoc, hBP, Matrix.mul_zero]
  -- the error lives between the complements
  have hEP : (N - M) * P = 0 := by rw [Matrix.sub_mul, hNP, hMP, sub_self]
  have hQE : Q * (N - M) = 0 := by rw [hQY, Matrix.mul_assoc, hME, Matrix.mul_zero]
  have htrace : ((N - M) * (D * X * D)ᵀ).trace = ((N - M) * Uᵀ * Aᵀ).trace :=
    trace_mul_transpose_of_projectors hP hQ hEP hQE hPXX hXQ D
  have hle : sqNorm ((N - M) * Uᵀ) ≤ sqNorm B := by
    rw [← hMU]
    exact sqNorm_mul_transpose_le_of_rotation hNP hPU hUP hP hrot
  have hyoung : 2 * ((N - M) * Uᵀ * Aᵀ).trace ≤ sqNorm ((N - M) * Uᵀ) + sqNorm A := by
    have h := sqNorm_nonneg ((N - M) * Uᵀ - A)
    rw [sub_eq_add_neg, sqNorm_add, Matrix.transpose_neg, Matrix.mul_neg, Matrix.trace_neg] at h
    have hneg : sqNorm (-A) = sqNorm A := by simp [sqNorm]
    linarith
  have hsplit : sqNorm A + sqNorm B ≤ sqNorm D := by
    rw [sqNorm_eq_add_of_projector D hP hPP]
    have hA' : sqNorm A ≤ sqNorm (D * P) := by
      rw [hA, Matrix.mul_assoc]
      refine sqNorm_projector_mul_le _ (by rw [Matrix.transpose_sub, Matrix.transpose_one, hQ]) ?_
      rw [Matrix.mul_sub, Matrix.sub_mul, Matrix.sub_mul, hQQ]
      simp
    have hB' : sqNorm B ≤ sqNorm (D * (1 - P)) := by
      rw [hB, Matrix.mul_assoc]
      exact sqNorm_projector_mul_le _ hQ hQQ
    linarith
  rw [htrace]
  linarith

/-- Exchanging a vector `e` of the range of a projector for a vector `b` of its kernel gives a
projector of the same trace. -/
lemma exchanged_projector {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P) {e b : n → ℝ}
    (he : e ≠ 0) (hb : b ≠ 0) (hPe : P *ᵥ e = e) (hPb : P *ᵥ b = 0) :
    (P - lineProj e + lineProj b)ᵀ = P - lineProj e + lineProj b ∧
      (P - lineProj e + lineProj b) * (P - lineProj e + lineProj b) =
        P - lineProj e + lineProj b ∧ (P - lineProj e + lineProj b).trace = P.trace := by
  have heb := dotProduct_eq_zero_of_projector hP hPe hPb
  have hPE := mul_lineProj_of_mulVec_eq hPe
  have hPF := mul_lineProj_of_mulVec_eq_zero hPb
  have hEP : lineProj e * P = lineProj e := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, transpose_lineProj, hP, hPE]
  have hFP : lineProj b * P = 0 := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, transpose_lineProj, hP, hPF,
      Matrix.transpose_zero]
  refine ⟨?_, ?_, ?_⟩
  · rw [Matrix.transpose_add, Matrix.transpose_sub, hP, transpose_lineProj, transpose_lineProj]
  · simp only [Matrix.add_mul, Matrix.sub_mul, Matrix.mul_add, Matrix.mul_sub, hPP, hPE, hEP,
      lineProj_mul_lineProj he, hPF, hFP, lineProj_mul_lineProj_of_dotProduct_eq_zero heb,
      lineProj_mul_lineProj_of_dotProduct_eq_zero ((dotProduct_comm b e).trans heb),
      lineProj_mul_lineProj hb]
    abel
  · rw [Matrix.trace_add, Matrix.trace_sub, trace_lineProj he, trace_lineProj hb]
    ring

/-- At a best approximation the form of `Nᵀ N` is larger on the row space than on its complement:
exchanging a vector of the one for a vector of the other gives no better projector. -/
lemma rotation_le_of_isMinOn {N M : Matrix m n ℝ} {P : Matrix n n ℝ}
    (h : IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ M.rank} M)
    (hP : Pᵀ = P) (hPP : P * P = P) (hMP : M * P = M) {X : Matrix n m ℝ} (hPX : P = X * M)
    {e b : n → ℝ} (hPe : P *ᵥ e = e) (hPb : P *ᵥ b = 0) :
    (b ⬝ᵥ (Nᵀ * N) *ᵥ b) * (e ⬝ᵥ e) ≤ (e ⬝ᵥ (Nᵀ * N) *ᵥ e) * (b ⬝ᵥ b) := by
  rcases eq_or_ne e 0 with rfl | he
  · simp
  rcases eq_or_ne b 0 with rfl | hb
  · simp
  have hepos := dotProduct_self_pos he
  have hbpos := dotProduct_self_pos hb
  obtain ⟨hPt', hPP', htr⟩ := exchanged_projector hP hPP he hb hPe hPb
  set P' := P - lineProj e + lineProj b with hP'
  -- `N P'` has no larger rank than `M`
  have hrank : (N * P').rank ≤ M.rank := by
    have h1 : P'.rank = P.rank := by
      have h2 := (rank_eq_trace_of_projector hPt' hPP').trans
        (htr.trans (rank_eq_trace_of_projector hP hPP).symm)
      exact_mod_cast h2
    calc (N * P').rank ≤ P'.rank := rank_mul_le_right _ _
      _ = (X * M).rank := by rw [h1, ← hPX]
      _ ≤ M.rank := rank_mul_le_right _ _
  have hmin : sqNorm (N - M) ≤ sqNorm (N - N * P') := h hrank
  have hproj := sqNorm_sub_mul_le N M hP hPP hMP
  rw [sqNorm_sub_mul_projector N hPt' hPP'] at hmin
  rw [sqNorm_sub_mul_projector N hP hPP] at hproj
  have hS : (Nᵀ * N * P').trace = (Nᵀ * N * P).trace - (e ⬝ᵥ e)⁻¹ * (e ⬝ᵥ (Nᵀ * N) *ᵥ e) +
      (b ⬝ᵥ b)⁻¹ * (b ⬝ᵥ (Nᵀ * N) *ᵥ b) := by
    rw [hP', Matrix.mul_add, Matrix.mul_sub, Matrix.trace_add, Matrix.trace_sub,
      trace_mul_lineProj, trace_mul_lineProj]
  have hle : (b ⬝ᵥ b)⁻¹ * (b ⬝ᵥ (Nᵀ * N) *ᵥ b) ≤ (e ⬝ᵥ e)⁻¹ * (e ⬝ᵥ (Nᵀ * N) *ᵥ e) := by linarith
  rw [inv_mul_eq_div, inv_mul_eq_div, div_le_div_iff₀ hbpos hepos] at hle
  exact hle

/-- The square of the norm of `(N b) eᵀ + (N e) bᵀ`, where `e` is in the range of the projector `P`
and `b` in its kernel, both of norm one. -/
lemma sqNorm_vecMulVec_add_vecMulVec {N : Matrix m n ℝ}
    {P : Matrix n n ℝ} {e b : n → ℝ} (hP : Pᵀ = P) (hPe : P *ᵥ e = e) (hPb : P *ᵥ b = 0)
    (he : e ⬝ᵥ e = 1) (hb : b ⬝ᵥ b = 1) :
    sqNorm (vecMulVec (N *ᵥ b) e + vecMulVec (N *ᵥ e) b) =
      b ⬝ᵥ (Nᵀ * N) *ᵥ b + e ⬝ᵥ (Nᵀ * N) *ᵥ e := by
  have heb := dotProduct_eq_zero_of_projector hP hPe hPb
  have hvec : ∀ (u : m → ℝ) (v : n → ℝ), sqNorm (vecMulVec u v) = (u ⬝ᵥ u) * (v ⬝ᵥ v) := by
    intro u v
    rw [sqNorm, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, op_smul_eq_smul,
      dotProduct_smul, smul_eq_mul, mul_comm]
  rw [sqNorm_add, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, heb, hvec, hvec, he, hb,
    dotProduct_transpose_mul_mulVec, dotProduct_transpose_mul_mulVec]
  simp

/-! ### A lower bound of the error -/

/-- The trace of `S P` for a projector `P` of trace at most `p`, if `S ≤ c + B` as forms. -/
lemma trace_mul_projector_le_add {S B P : Matrix n n ℝ} {c : ℝ} {p : ℕ} (hc : 0 ≤ c)
    (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ S *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) (hP : Pᵀ = P) (hPP : P * P = P)
    (htr : P.trace ≤ p) : (S * P).trace ≤ c * p + B.trace := by
  classical
  have h1 : 0 ≤ ((c • (1 : Matrix n n ℝ) + B - S) * P).trace := by
    refine trace_mul_projector_nonneg (fun v => ?_) hP hPP
    have h := hS v
    simp only [Matrix.sub_mulVec, Matrix.add_mulVec, Matrix.smul_mulVec, Matrix.one_mulVec,
      dotProduct_sub, dotProduct_add, dotProduct_smul, smul_eq_mul]
    linarith
  have hP' : (1 - P)ᵀ = 1 - P := by rw [Matrix.transpose_sub, Matrix.transpose_one, hP]
  have hPP' : (1 - P) * (1 - P) = 1 - P := by
    rw [Matrix.mul_sub, Matrix.sub_mul, Matrix.sub_mul, hPP]
    simp
  have h2 : 0 ≤ (B * (1 - P)).trace := trace_mul_projector_nonneg hB hP' hPP'
  have h3 : c * P.trace ≤ c * p := mul_le_mul_of_nonneg_left htr hc
  simp only [Matrix.sub_mul, Matrix.add_mul, Matrix.smul_mul, Matrix.one_mul, Matrix.trace_sub,
    Matrix.trace_add, Matrix.trace_smul, smul_eq_mul, Matrix.mul_sub, Matrix.mul_one] at h1 h2
  linarith

/-- A lower bound of the error of every approximation of rank at most `p`, by forms. -/
lemma le_sqNorm_sub_of_form_le {N : Matrix m n ℝ} {B : Matrix n n ℝ} {c : ℝ} {p : ℕ}
    (hc : 0 ≤ c) (hB : ∀ v, 0 ≤ v ⬝ᵥ B *ᵥ v)
    (hS : ∀ v, v ⬝ᵥ (Nᵀ * N) *ᵥ v ≤ c * (v ⬝ᵥ v) + v ⬝ᵥ B *ᵥ v) {A : Matrix m n ℝ}
    (hA : A.rank ≤ p) : sqNorm N - c * p - B.trace ≤ sqNorm (N - A) := by
  obtain ⟨P, hP, hPP, hAP, htr, -⟩ := A.exists_rowProj
  have h1 := sqNorm_sub_mul_le N A hP hPP hAP
  rw [sqNorm_sub_mul_projector N hP hPP] at h1
  have h2 : (Nᵀ * N * P).trace ≤ c * p + B.trace :=
    trace_mul_projector_le_add hc hB hS hP hPP (by rw [htr]; exact_mod_cast hA)
  linarith

end Matrix
