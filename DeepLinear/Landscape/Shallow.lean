/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Projector
import DeepLinear.Gradient
import DeepLinear.Tag

/-!
# The shallow problem with a bound on the rank

Theorem 2.2 of Lu and Kawaguchi: a quadratic loss with a positive definite form has no bad local
minima on the matrices of rank at most `p`. After a change of variables it is `‖N - M‖²`, and a
local minimum `M` is what Eckart and Young's theorem says: `M = N P`, where the orthogonal projector
`P` on its row space commutes with `S = Nᵀ N` and the form of `S` is larger on the range of `P` than
on its kernel. That last fact comes from a rotation that takes a unit vector of the range towards
one of the kernel. The global inequality is then one for traces, `tr (S P') ≤ tr (S P)` for every
projector `P'` of no larger trace. No singular values are needed.

## Main definitions

* `DeepLinear.sqNorm A`: the squared Frobenius norm.

## Main statements

* `DeepLinear.trace_mul_le`: the trace inequality.
* `DeepLinear.isMinOn_sqNorm_of_rotation`: Eckart and Young's theorem, from what a minimum
  satisfies.
* `DeepLinear.isMinOn_sqNorm_of_isLocalMinOn`: no bad local minima for `‖N - M‖²`.
* `DeepLinear.exists_projector_isMinOn_sqNorm`: Eckart and Young's theorem, with existence.
* `DeepLinear.isMinOn_of_isLocalMinOn`: Lu and Kawaguchi, Theorem 2.2.
* `DeepLinear.strictConvexOn_quadraticLoss`: a quadratic loss with a positive definite form is
  strictly convex.
-/

open Matrix Topology

namespace DeepLinear

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The squared Frobenius norm. -/
def sqNorm (A : Matrix m n ℝ) : ℝ :=
  (A * Aᵀ).trace

lemma sqNorm_nonneg (A : Matrix m n ℝ) : 0 ≤ sqNorm A :=
  trace_mul_transpose_self_nonneg A

lemma sqNorm_transpose (A : Matrix m n ℝ) : sqNorm Aᵀ = sqNorm A := by
  rw [sqNorm, Matrix.transpose_transpose, Matrix.trace_mul_comm, sqNorm]

lemma sqNorm_add (A B : Matrix m n ℝ) : sqNorm (A + B) =
    sqNorm A + 2 * (A * Bᵀ).trace + sqNorm B := by
  simp only [sqNorm, Matrix.transpose_add, Matrix.add_mul, Matrix.mul_add, Matrix.trace_add,
    trace_mul_transpose_comm B A]
  ring

lemma sqNorm_add_smul (E X : Matrix m n ℝ) (t : ℝ) :
    sqNorm (E + t • X) = sqNorm E + 2 * t * (E * Xᵀ).trace + t ^ 2 * sqNorm X := by
  rw [sqNorm_add]
  simp only [sqNorm, Matrix.transpose_smul, Matrix.mul_smul, Matrix.smul_mul, Matrix.trace_smul,
    smul_eq_mul]
  ring

/-- A direction in which the rank stays bounded is orthogonal to the error of a local minimum. -/
lemma trace_eq_zero_of_isLocalMinOn {N M X : Matrix m n ℝ} {p : ℕ}
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M)
    (hX : ∀ t : ℝ, (M + t • X).rank ≤ p) : ((N - M) * Xᵀ).trace = 0 := by
  have htend : Filter.Tendsto (fun t : ℝ => M + t • X) (𝓝 0) (𝓝[{A | A.rank ≤ p}] M) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, Filter.Eventually.of_forall hX⟩
    have hcont : Continuous fun t : ℝ => M + t • X := by fun_prop
    simpa using hcont.tendsto 0
  have hline : (fun t : ℝ => sqNorm (N - (M + t • X))) = fun t : ℝ =>
      sqNorm (N - M) + t * (-2 * ((N - M) * Xᵀ).trace) + t ^ 2 * sqNorm X := by
    funext t
    rw [show N - (M + t • X) = (N - M) + (-t) • X by module, sqNorm_add_smul]
    ring
  have hmin : IsLocalMin (fun t : ℝ => sqNorm (N - (M + t • X))) 0 := by
    filter_upwards [htend.eventually h] with t ht
    simpa using ht
  rw [hline] at hmin
  have h0 := hmin.hasDerivAt_eq_zero (hasDerivAt_quadratic _ _ _)
  linarith

/-- The trace inequality behind Eckart and Young's theorem: if `S` commutes with the projector `P`
and its form is at most `c` on the kernel of `P` and at least `c` on the range, for some `c ≥ 0`,
then `P` has the largest `tr (S P')` among the projectors `P'` of no larger trace. -/
theorem trace_mul_le {S P P' : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P)
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

/-- The error that a projector leaves. -/
lemma sqNorm_sub_mul_projector (N : Matrix m n ℝ) {P : Matrix n n ℝ} (hP : Pᵀ = P)
    (hPP : P * P = P) : sqNorm (N - N * P) = sqNorm N - (Nᵀ * N * P).trace := by
  have h : (N - N * P) * (N - N * P)ᵀ = N * Nᵀ - N * P * Nᵀ := by
    rw [Matrix.transpose_sub, Matrix.transpose_mul, hP, Matrix.sub_mul, Matrix.mul_sub,
      Matrix.mul_sub, Matrix.mul_assoc N P (P * Nᵀ), ← Matrix.mul_assoc P P, hPP,
      Matrix.mul_assoc N P Nᵀ, sub_self, sub_zero]
  rw [sqNorm, h, Matrix.trace_sub, sqNorm, Matrix.trace_mul_comm (N * P), Matrix.mul_assoc Nᵀ]

/-- The best approximation of `N` within the row space of `M` is at least as good as `M`. -/
lemma sqNorm_sub_mul_le (N M : Matrix m n ℝ) {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P)
    (hMP : M * P = M) : sqNorm (N - N * P) ≤ sqNorm (N - M) := by
  have hsplit : N - M = (N - N * P) + (N - M) * P := by rw [Matrix.sub_mul, hMP]; abel
  have horth : ((N - N * P) * ((N - M) * P)ᵀ).trace = 0 := by
    have h : (N - N * P) * ((N - M) * P)ᵀ = 0 := by
      rw [Matrix.transpose_mul, hP, ← Matrix.mul_assoc, Matrix.sub_mul, Matrix.mul_assoc N P P, hPP,
        sub_self, Matrix.zero_mul]
    rw [h, Matrix.trace_zero]
  rw [hsplit, sqNorm_add, horth]
  have := sqNorm_nonneg ((N - M) * P)
  linarith

/-- If the error of `M` is orthogonal to the rows of `M`, then the projector on the row space of `M`
takes `N` to `M`. -/
lemma mul_projector_eq {N M : Matrix m n ℝ} {P : Matrix n n ℝ} (hEM : (N - M) * Mᵀ = 0)
    (hP : Pᵀ = P) (hMP : M * P = M) {X : Matrix n m ℝ} (hPX : P = X * M) : N * P = M := by
  have h : (N - M) * P = 0 := by
    rw [← hP, hPX, Matrix.transpose_mul, ← Matrix.mul_assoc, hEM, Matrix.zero_mul]
  rwa [Matrix.sub_mul, hMP, sub_eq_zero] at h

/-- If the error of `M` is orthogonal to the columns of `M` too, then `Nᵀ N P = Mᵀ M`. -/
lemma transpose_mul_mul_projector_eq {N M : Matrix m n ℝ} {P : Matrix n n ℝ}
    (hME : Mᵀ * (N - M) = 0) (hNP : N * P = M) : Nᵀ * N * P = Mᵀ * M := by
  have h : (N - M)ᵀ * M = 0 := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_transpose, hME,
      Matrix.transpose_zero]
  rw [Matrix.transpose_sub, Matrix.sub_mul, sub_eq_zero] at h
  rw [Matrix.mul_assoc, hNP, h]

/-- A symmetric matrix commutes with a projector if their product is symmetric. -/
lemma transpose_mul_mul_projector_comm {N M : Matrix m n ℝ} {P : Matrix n n ℝ} (hP : Pᵀ = P)
    (hSP : Nᵀ * N * P = Mᵀ * M) : Nᵀ * N * P = P * (Nᵀ * N) := by
  have h : (Nᵀ * N * P)ᵀ = P * (Nᵀ * N) := by
    rw [Matrix.transpose_mul, hP, Matrix.transpose_mul, Matrix.transpose_transpose]
  rw [← h, hSP, Matrix.transpose_mul, Matrix.transpose_transpose]

/-- Eckart and Young's theorem, from what a minimum satisfies: the error of `M` is orthogonal to the
rows and to the columns of `M`, and the form of `Nᵀ N` is larger on the row space of `M` than on its
complement. Then `M` is a best approximation of `N` among the matrices of no larger rank. -/
@[assignment "LK2"]
theorem isMinOn_sqNorm_of_rotation {N M : Matrix m n ℝ} {P : Matrix n n ℝ}
    (hEM : (N - M) * Mᵀ = 0) (hME : Mᵀ * (N - M) = 0) (hP : Pᵀ = P) (hPP : P * P = P)
    (hMP : M * P = M) (htr : P.trace = M.rank) {X : Matrix n m ℝ} (hPX : P = X * M)
    (hrot : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 → e ⬝ᵥ e = 1 → b ⬝ᵥ b = 1 →
      b ⬝ᵥ (Nᵀ * N) *ᵥ b ≤ e ⬝ᵥ (Nᵀ * N) *ᵥ e) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ M.rank} M := by
  classical
  intro A hA
  rcases Nat.eq_zero_or_pos M.rank with h0 | hpos
  · -- there is only one matrix of rank 0
    have hzero : ∀ B : Matrix m n ℝ, B.rank = 0 → B = 0 := by
      intro B hB
      obtain ⟨r, F, G, -, -, hr, hB', -, -⟩ := B.exists_fullRank_factorization
      rw [hB] at hr
      subst hr
      rw [hB']
      ext i j
      simp [Matrix.mul_apply]
    have hA0 : A = M := by rw [hzero M h0, hzero A (Nat.le_zero.1 (h0 ▸ hA))]
    exact (congrArg (fun B => sqNorm (N - B)) hA0).ge
  -- the projector gives the approximation
  have hNP := mul_projector_eq hEM hP hMP hPX
  have hcomm := transpose_mul_mul_projector_comm hP (transpose_mul_mul_projector_eq hME hNP)
  set S := Nᵀ * N with hSdef
  have hSform : ∀ v, 0 ≤ v ⬝ᵥ S *ᵥ v := by
    intro v
    rw [hSdef, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec, Matrix.vecMul_transpose]
    exact Finset.sum_nonneg fun i _ => mul_self_nonneg _
  -- a number between the form on the kernel and the form on the range
  obtain ⟨c, hc, hb, he⟩ : ∃ c : ℝ, 0 ≤ c ∧
      (∀ b, P *ᵥ b = 0 → b ⬝ᵥ b = 1 → b ⬝ᵥ S *ᵥ b ≤ c) ∧
        ∀ e, P *ᵥ e = e → e ⬝ᵥ e = 1 → c ≤ e ⬝ᵥ S *ᵥ e := by
    let s : Set ℝ := insert 0 {x | ∃ b, P *ᵥ b = 0 ∧ b ⬝ᵥ b = 1 ∧ x = b ⬝ᵥ S *ᵥ b}
    let t : Set ℝ := {x | ∃ e, P *ᵥ e = e ∧ e ⬝ᵥ e = 1 ∧ x = e ⬝ᵥ S *ᵥ e}
    have ht : t.Nonempty := by
      have hPne : P ≠ 0 := by
        rintro rfl
        rw [Matrix.trace_zero] at htr
        exact hpos.ne (by exact_mod_cast htr)
      obtain ⟨v, hv⟩ : ∃ v, P *ᵥ v ≠ 0 := by
        by_contra! hall
        exact hPne (Matrix.ext fun i j => by simpa using congrFun (hall (Pi.single j 1)) i)
      have hvpos : 0 < (P *ᵥ v) ⬝ᵥ (P *ᵥ v) :=
        (Finset.sum_nonneg fun i _ => mul_self_nonneg _).lt_of_ne
          fun h => hv (dotProduct_self_eq_zero.1 h.symm)
      let a := (√((P *ᵥ v) ⬝ᵥ (P *ᵥ v)))⁻¹
      refine ⟨_, a • (P *ᵥ v), ?_, ?_, rfl⟩
      · rw [Matrix.mulVec_smul, Matrix.mulVec_mulVec, hPP]
      · rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul, ← mul_assoc, ← mul_inv,
          Real.mul_self_sqrt hvpos.le, inv_mul_cancel₀ hvpos.ne']
    obtain ⟨c, hcs, hct⟩ := exists_between_of_forall_le (s := s) (t := t) ⟨0, Set.mem_insert _ _⟩ ht
      (by
        rintro x (rfl | ⟨b, hb, hb1, rfl⟩) y ⟨e, he, he1, rfl⟩
        · exact hSform e
        · exact hrot e b he hb he1 hb1)
    exact ⟨c, hcs (Set.mem_insert _ _),
      fun b hb hb1 => hcs (Set.mem_insert_of_mem _ ⟨b, hb, hb1, rfl⟩),
      fun e he he1 => hct ⟨e, he, he1, rfl⟩⟩
  -- the same for vectors of any length
  have hscale : ∀ v : n → ℝ, v ≠ 0 → ∃ a : ℝ, ∃ w : n → ℝ, v = a • w ∧ w ⬝ᵥ w = 1 ∧
      w = a⁻¹ • v := by
    intro v hv
    have hvpos : 0 < v ⬝ᵥ v := (Finset.sum_nonneg fun i _ => mul_self_nonneg _).lt_of_ne
      fun h => hv (dotProduct_self_eq_zero.1 h.symm)
    have hsqrt : √(v ⬝ᵥ v) ≠ 0 := (Real.sqrt_pos.2 hvpos).ne'
    refine ⟨√(v ⬝ᵥ v), (√(v ⬝ᵥ v))⁻¹ • v, ?_, ?_, rfl⟩
    · rw [smul_smul, mul_inv_cancel₀ hsqrt, one_smul]
    · rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul, ← mul_assoc, ← mul_inv,
        Real.mul_self_sqrt hvpos.le, inv_mul_cancel₀ hvpos.ne']
  have hform : ∀ (a : ℝ) (w : n → ℝ), (a • w) ⬝ᵥ S *ᵥ (a • w) = a ^ 2 * (w ⬝ᵥ S *ᵥ w) := by
    intro a w
    rw [Matrix.mulVec_smul, smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul]
    ring
  have hself : ∀ (a : ℝ) (w : n → ℝ), (a • w) ⬝ᵥ (a • w) = a ^ 2 * (w ⬝ᵥ w) := by
    intro a w
    rw [smul_dotProduct, dotProduct_smul, smul_eq_mul, smul_eq_mul]
    ring
  have hb' : ∀ b, P *ᵥ b = 0 → b ⬝ᵥ S *ᵥ b ≤ c * (b ⬝ᵥ b) := by
    intro b hPb
    by_cases hb0 : b = 0
    · simp [hb0]
    obtain ⟨a, w, hbw, hw, hwb⟩ := hscale b hb0
    have hPw : P *ᵥ w = 0 := by rw [hwb, Matrix.mulVec_smul, hPb, smul_zero]
    rw [hbw, hform, hself, hw]
    nlinarith [hb w hPw hw, sq_nonneg a]
  have he' : ∀ e, P *ᵥ e = e → c * (e ⬝ᵥ e) ≤ e ⬝ᵥ S *ᵥ e := by
    intro e hPe
    by_cases he0 : e = 0
    · simp [he0]
    obtain ⟨a, w, hew, hw, hwe⟩ := hscale e he0
    have hPw : P *ᵥ w = w := by rw [hwe, Matrix.mulVec_smul, hPe]
    rw [hew, hform, hself, hw]
    nlinarith [he w hPw hw, sq_nonneg a]
  -- compare with the projector on the row space of the other matrix
  obtain ⟨P', hP', hPP', hAP', htr', -⟩ := A.exists_rowProj
  have hle : P'.trace ≤ P.trace := by
    rw [htr, htr']
    exact_mod_cast hA
  have hkey := trace_mul_le hP hPP hcomm hP' hPP' hle hc hb' he'
  calc sqNorm (N - M) = sqNorm N - (S * P).trace := by
        rw [← sqNorm_sub_mul_projector N hP hPP, hNP]
    _ ≤ sqNorm N - (S * P').trace := by linarith
    _ = sqNorm (N - N * P') := (sqNorm_sub_mul_projector N hP' hPP').symm
    _ ≤ sqNorm (N - A) := sqNorm_sub_mul_le N A hP' hPP' hAP'

/-- The error of a local minimum is orthogonal to its rows and to its columns. -/
lemma mul_transpose_eq_zero_of_isLocalMinOn {N M : Matrix m n ℝ} {p : ℕ} (hM : M.rank ≤ p)
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M) :
    (N - M) * Mᵀ = 0 ∧ Mᵀ * (N - M) = 0 := by
  classical
  have hEM : (N - M) * Mᵀ = 0 := by
    refine trace_mul_transpose_self_eq_zero_iff.1 ?_
    have h0 := trace_eq_zero_of_isLocalMinOn (X := (N - M) * Mᵀ * M) h fun t => by
      rw [show M + t • ((N - M) * Mᵀ * M) = (1 + t • ((N - M) * Mᵀ)) * M by
        rw [Matrix.add_mul, Matrix.one_mul, Matrix.smul_mul]]
      exact (rank_mul_le_right _ _).trans hM
    rwa [Matrix.transpose_mul, ← Matrix.mul_assoc] at h0
  have hME : Mᵀ * (N - M) = 0 := by
    refine trace_mul_transpose_self_eq_zero_iff.1 ?_
    have h0 := trace_eq_zero_of_isLocalMinOn (X := M * (Mᵀ * (N - M))) h fun t => by
      rw [show M + t • (M * (Mᵀ * (N - M))) = M * (1 + t • (Mᵀ * (N - M))) by
        rw [Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul]]
      exact (rank_mul_le_left _ _).trans hM
    rwa [Matrix.transpose_mul, Matrix.trace_mul_comm, Matrix.mul_assoc, Matrix.trace_mul_comm]
      at h0
  exact ⟨hEM, hME⟩

/-- The best approximation of a matrix by matrices of bounded rank has no bad local minima. -/
@[assignment "LK2"]
theorem isMinOn_sqNorm_of_isLocalMinOn {N M : Matrix m n ℝ} {p : ℕ} (hM : M.rank ≤ p)
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M := by
  classical
  rcases hM.lt_or_eq with hlt | rfl
  · -- every rank-one direction is allowed: the error is zero
    have hE : innerProduct (N - M) = 0 := by
      refine linearMap_eq_zero_of_vecMulVec _ fun v w => ?_
      refine trace_eq_zero_of_isLocalMinOn h fun t => ?_
      refine (rank_add_le _ _).trans ?_
      have h1 : (t • vecMulVec v w).rank ≤ 1 := by
        rw [← smul_vecMulVec]
        exact rank_vecMulVec_le _ _
      omega
    intro A _
    have h0 : N - M = 0 := innerProduct_eq_zero_iff.1 hE
    change sqNorm (N - M) ≤ sqNorm (N - A)
    rw [h0, show sqNorm (0 : Matrix m n ℝ) = 0 by simp [sqNorm]]
    exact sqNorm_nonneg _
  obtain ⟨hEM, hME⟩ := mul_transpose_eq_zero_of_isLocalMinOn hM h
  obtain ⟨P, hP, hPP, hMP, htr, X, hPX⟩ := M.exists_rowProj
  refine isMinOn_sqNorm_of_rotation hEM hME hP hPP hMP htr hPX fun e b hPe hPb he hb => ?_
  -- the rotation of `e` towards `b`
  have heb : e ⬝ᵥ b = 0 := by
    rw [← hPe, ← Matrix.vecMul_transpose, hP, ← Matrix.dotProduct_mulVec, hPb, dotProduct_zero]
  have hbe : b ⬝ᵥ e = 0 := by rw [dotProduct_comm, heb]
  have heP : e ᵥ* P = e := by rw [← Matrix.mulVec_transpose, hP, hPe]
  have hbP : b ᵥ* P = 0 := by rw [← Matrix.mulVec_transpose, hP, hPb]
  have hNP := mul_projector_eq hEM hP hMP hPX
  let f : ℝ → n → ℝ := fun t => e + t • b
  let a : ℝ → ℝ := fun t => (1 + t ^ 2)⁻¹
  let Pt : ℝ → Matrix n n ℝ := fun t => P - vecMulVec e e + a t • vecMulVec (f t) (f t)
  have hpos : ∀ t : ℝ, (1 + t ^ 2 : ℝ) ≠ 0 := fun t => by positivity
  have hff : ∀ t, f t ⬝ᵥ f t = 1 + t ^ 2 := by
    intro t
    simp only [f, add_dotProduct, dotProduct_add, smul_dotProduct, dotProduct_smul, smul_eq_mul, he,
      hb, heb, hbe]
    ring
  have hPf : ∀ t, P *ᵥ f t = e := by
    intro t
    simp only [f, Matrix.mulVec_add, Matrix.mulVec_smul, hPe, hPb, smul_zero, add_zero]
  have hfP : ∀ t, f t ᵥ* P = e := by
    intro t
    rw [← Matrix.mulVec_transpose, hP, hPf]
  have hef : ∀ t, e ⬝ᵥ f t = 1 := by
    intro t
    simp only [f, dotProduct_add, dotProduct_smul, smul_eq_mul, he, heb, mul_zero, add_zero]
  have hPt : ∀ t, (Pt t)ᵀ = Pt t := by
    intro t
    simp only [Pt, Matrix.transpose_add, Matrix.transpose_sub, Matrix.transpose_smul,
      Matrix.transpose_vecMulVec, hP]
  have hPtPt : ∀ t, Pt t * Pt t = Pt t := by
    intro t
    have hfe : f t ⬝ᵥ e = 1 := by rw [dotProduct_comm, hef]
    have h1 : Pt t * P = P - vecMulVec e e + a t • vecMulVec (f t) e := by
      simp only [Pt, Matrix.add_mul, Matrix.sub_mul, Matrix.smul_mul, vecMulVec_mul, hPP, heP, hfP]
    have h2 : Pt t *ᵥ e = a t • f t := by
      simp only [Pt, Matrix.add_mulVec, Matrix.sub_mulVec, Matrix.smul_mulVec, vecMulVec_mulVec,
        hPe, he, hfe, MulOpposite.op_one, one_smul]
      abel
    have h3 : Pt t *ᵥ f t = f t := by
      simp only [Pt, Matrix.add_mulVec, Matrix.sub_mulVec, Matrix.smul_mulVec, vecMulVec_mulVec,
        hPf, hef, hff, MulOpposite.op_one, one_smul, sub_self, zero_add, op_smul_eq_smul, smul_smul,
        a, inv_mul_cancel₀ (hpos t)]
    have h4 : Pt t * Pt t = Pt t * P - Pt t * vecMulVec e e +
        a t • (Pt t * vecMulVec (f t) (f t)) := by
      conv_lhs => rw [show Pt t = P - vecMulVec e e + a t • vecMulVec (f t) (f t) from rfl]
      rw [← Matrix.mul_sub, ← Matrix.mul_smul, ← Matrix.mul_add]
    rw [h4, h1, mul_vecMulVec, mul_vecMulVec, h2, h3, smul_vecMulVec]
    simp only [Pt]
    abel
  have hrank : ∀ t, (N * Pt t).rank ≤ M.rank := by
    intro t
    have hfactor : Pt t = (1 - vecMulVec e e + vecMulVec (f t) e) * P *
        (1 - vecMulVec e e + a t • vecMulVec e (f t)) := by
      have hL : (1 - vecMulVec e e + vecMulVec (f t) e) * P =
          P - vecMulVec e e + vecMulVec (f t) e := by
        simp only [Matrix.add_mul, Matrix.sub_mul, Matrix.one_mul, vecMulVec_mul, heP]
      have hLe : (P - vecMulVec e e + vecMulVec (f t) e) *ᵥ e = f t := by
        simp only [Matrix.add_mulVec, Matrix.sub_mulVec, vecMulVec_mulVec, hPe, he,
          MulOpposite.op_one, one_smul, sub_self, zero_add]
      rw [hL, Matrix.mul_add, Matrix.mul_sub, Matrix.mul_one, Matrix.mul_smul, mul_vecMulVec,
        mul_vecMulVec, hLe]
      simp only [Pt]
      abel
    rw [hfactor]
    refine (rank_mul_le_right _ _).trans ((rank_mul_le_left _ _).trans
      ((rank_mul_le_right _ _).trans ?_))
    rw [hPX]
    exact rank_mul_le_right _ _
  have hPt0 : Pt 0 = P := by
    simp [Pt, a, f]
  have htend : Filter.Tendsto (fun t => N * Pt t) (𝓝 0) (𝓝[{A | A.rank ≤ M.rank}] M) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, Filter.Eventually.of_forall hrank⟩
    have hf : Continuous f := by fun_prop
    have ha : Continuous a := by
      refine Continuous.fun_inv₀ (by fun_prop) hpos
    have hcont : Continuous fun t => N * Pt t :=
      continuous_const.matrix_mul (continuous_const.fun_add (ha.fun_smul (hf.matrix_vecMulVec hf)))
    have h0 := hcont.tendsto 0
    rwa [hPt0, hNP] at h0
  obtain ⟨t, ht, ht0⟩ : ∃ t : ℝ, sqNorm (N - M) ≤ sqNorm (N - N * Pt t) ∧ t ≠ 0 := by
    have hev : ∀ᶠ t in 𝓝[≠] (0 : ℝ), sqNorm (N - M) ≤ sqNorm (N - N * Pt t) :=
      (htend.mono_left nhdsWithin_le_nhds).eventually h
    exact (hev.and self_mem_nhdsWithin).exists
  rw [sqNorm_sub_mul_projector N (hPt t) (hPtPt t)] at ht
  have hM' : sqNorm (N - M) = sqNorm N - (Nᵀ * N * P).trace := by
    rw [← sqNorm_sub_mul_projector N hP hPP, hNP]
  rw [hM'] at ht
  set S := Nᵀ * N with hSdef
  -- `S b` has no component in the range of `P`
  have hSP : S * P = Mᵀ * M := transpose_mul_mul_projector_eq hME hNP
  have hbSe : b ⬝ᵥ S *ᵥ e = 0 := by
    have hMb : M *ᵥ b = 0 := by rw [← hMP, ← Matrix.mulVec_mulVec, hPb, Matrix.mulVec_zero]
    rw [← hPe, Matrix.mulVec_mulVec, hSP, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
      Matrix.vecMul_transpose, hMb, zero_dotProduct]
  have heSb : e ⬝ᵥ S *ᵥ b = 0 := by
    have hSsymm : Sᵀ = S := by rw [hSdef, Matrix.transpose_mul, Matrix.transpose_transpose]
    rw [Matrix.dotProduct_mulVec, ← Matrix.mulVec_transpose, hSsymm, dotProduct_comm, hbSe]
  have htrace : ∀ u v : n → ℝ, (S * vecMulVec u v).trace = v ⬝ᵥ S *ᵥ u := by
    intro u v
    rw [mul_vecMulVec, Matrix.trace_vecMulVec, dotProduct_comm]
  have hSf : f t ⬝ᵥ S *ᵥ f t = e ⬝ᵥ S *ᵥ e + t ^ 2 * (b ⬝ᵥ S *ᵥ b) := by
    simp only [f, Matrix.mulVec_add, Matrix.mulVec_smul, add_dotProduct, dotProduct_add,
      smul_dotProduct, dotProduct_smul, smul_eq_mul, hbSe, heSb]
    ring
  have hSPt : (S * Pt t).trace = (S * P).trace - e ⬝ᵥ S *ᵥ e +
      a t * (e ⬝ᵥ S *ᵥ e + t ^ 2 * (b ⬝ᵥ S *ᵥ b)) := by
    simp only [Pt, Matrix.mul_add, Matrix.mul_sub, Matrix.mul_smul, Matrix.trace_add,
      Matrix.trace_sub, Matrix.trace_smul, smul_eq_mul, htrace, hSf]
  rw [hSPt] at ht
  have ht2 : 0 < t ^ 2 := by positivity
  have hle : a t * (e ⬝ᵥ S *ᵥ e + t ^ 2 * (b ⬝ᵥ S *ᵥ b)) ≤ e ⬝ᵥ S *ᵥ e := by linarith
  simp only [a] at hle
  rw [inv_mul_le_iff₀ (by positivity)] at hle
  nlinarith

/-- The rank of an orthogonal projector is its trace. -/
lemma rank_eq_trace_of_projector {P : Matrix n n ℝ} (hP : Pᵀ = P) (hPP : P * P = P) :
    (P.rank : ℝ) = P.trace := by
  obtain ⟨P', hP', -, hPP', htr, X, hX⟩ := P.exists_rowProj
  have h1 : P' * P = P := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, hP, hP', hPP']
  have h2 : P' * P = P' := by rw [hX, Matrix.mul_assoc, hPP]
  rw [← htr, ← h2, h1]

/-- A best approximation of bounded rank exists: the projectors of trace at most `p` are compact. -/
theorem exists_isMinOn_sqNorm (N : Matrix m n ℝ) (p : ℕ) :
    ∃ M : Matrix m n ℝ, M.rank ≤ p ∧ IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M := by
  let K : Set (Matrix n n ℝ) := {P | Pᵀ = P ∧ P * P = P ∧ P.trace ≤ p}
  have hclosed : IsClosed K := by
    refine (isClosed_eq continuous_id.matrix_transpose continuous_id).inter
      ((isClosed_eq (continuous_id.matrix_mul continuous_id) continuous_id).inter
        (isClosed_le continuous_id.matrix_trace continuous_const))
  have hbdd : K ⊆ {P | ∀ i j, P i j ∈ Set.Icc (-1 : ℝ) 1} := by
    rintro P ⟨hP, hPP, -⟩ i j
    have hdiag : P i i = ∑ k, P i k ^ 2 := by
      conv_lhs => rw [← hPP, Matrix.mul_apply]
      refine Finset.sum_congr rfl fun k _ => ?_
      rw [sq, ← Matrix.transpose_apply P, hP]
    have hle : ∀ k, P i k ^ 2 ≤ P i i := fun k => by
      rw [hdiag]
      exact Finset.single_le_sum (f := fun k => P i k ^ 2) (fun k _ => sq_nonneg _)
        (Finset.mem_univ k)
    have h1 : P i i ≤ 1 := by nlinarith [hle i]
    exact abs_le.1 (abs_le_one_iff_mul_self_le_one.2 (by nlinarith [hle j]))
  have hcompact : IsCompact K := isCompact_Icc.matrix.of_isClosed_subset hclosed hbdd
  obtain ⟨P, ⟨hP, hPP, htr⟩, hmax⟩ := hcompact.exists_isMaxOn
    ⟨0, by simp, by simp, by simp⟩
    (continuous_const.matrix_mul continuous_id).matrix_trace.continuousOn
    (f := fun P => (Nᵀ * N * P).trace)
  refine ⟨N * P, (rank_mul_le_right _ _).trans ?_, fun A hA => ?_⟩
  · have h := rank_eq_trace_of_projector hP hPP
    exact_mod_cast h.trans_le htr
  obtain ⟨P', hP', hPP', hAP', htr', -⟩ := A.exists_rowProj
  have hP'K : P' ∈ K := ⟨hP', hPP', by rw [htr']; exact_mod_cast hA⟩
  have hle : (Nᵀ * N * P').trace ≤ (Nᵀ * N * P).trace := hmax hP'K
  calc sqNorm (N - N * P) = sqNorm N - (Nᵀ * N * P).trace := sqNorm_sub_mul_projector N hP hPP
    _ ≤ sqNorm N - (Nᵀ * N * P').trace := by linarith
    _ = sqNorm (N - N * P') := (sqNorm_sub_mul_projector N hP' hPP').symm
    _ ≤ sqNorm (N - A) := sqNorm_sub_mul_le N A hP' hPP' hAP'

/-- **Eckart and Young**, for the Frobenius norm: for every `N` and `p` there is an orthogonal
projector `P` of trace at most `p` that commutes with `Nᵀ N`, such that `N P` is a best
approximation of `N` among the matrices of rank at most `p`. The error is `‖N‖² - tr (Nᵀ N P)`, and
`tr (Nᵀ N P)` is the greatest that a projector of trace at most `p` gives. -/
@[assignment "LK2"]
theorem exists_projector_isMinOn_sqNorm (N : Matrix m n ℝ) (p : ℕ) :
    ∃ P : Matrix n n ℝ, Pᵀ = P ∧ P * P = P ∧ P.trace ≤ p ∧ Nᵀ * N * P = P * (Nᵀ * N) ∧
      IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} (N * P) ∧
      sqNorm (N - N * P) = sqNorm N - (Nᵀ * N * P).trace ∧
      ∀ P' : Matrix n n ℝ, P'ᵀ = P' → P' * P' = P' → P'.trace ≤ p →
        (Nᵀ * N * P').trace ≤ (Nᵀ * N * P).trace := by
  obtain ⟨M, hM, hmin⟩ := exists_isMinOn_sqNorm N p
  obtain ⟨hEM, hME⟩ := mul_transpose_eq_zero_of_isLocalMinOn hM hmin.localize
  obtain ⟨P, hP, hPP, hMP, htr, X, hPX⟩ := M.exists_rowProj
  have hNP := mul_projector_eq hEM hP hMP hPX
  have herr := sqNorm_sub_mul_projector N hP hPP
  refine ⟨P, hP, hPP, by rw [htr]; exact_mod_cast hM,
    transpose_mul_mul_projector_comm hP (transpose_mul_mul_projector_eq hME hNP), hNP ▸ hmin, herr,
    fun P' hP' hPP' htr' => ?_⟩
  have hrank : (N * P').rank ≤ p := by
    refine (rank_mul_le_right _ _).trans ?_
    have h := rank_eq_trace_of_projector hP' hPP'
    exact_mod_cast h.trans_le htr'
  have hle : sqNorm (N - M) ≤ sqNorm (N - N * P') := hmin hrank
  rw [sqNorm_sub_mul_projector N hP' hPP', ← hNP, herr] at hle
  linarith

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
  nlinarith [mul_pos (mul_pos ha hb) (hpos (A - B) (sub_ne_zero.2 hAB))]

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
@[assignment "LK2"]
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
