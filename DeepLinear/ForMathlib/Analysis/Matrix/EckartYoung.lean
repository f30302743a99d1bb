/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Calculus.LocalExtr
public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Projector
public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Trace

/-!
# Eckart and Young's theorem, for the Frobenius norm

A best approximation of `N` among the matrices of rank at most `p` is `N P`, where the orthogonal
projector `P` commutes with `Nᵀ N` and has the greatest `tr (Nᵀ N P)` among those of trace at most
`p`. It exists, as these projectors are a compact set, and there are no bad local minima: a local
minimum turns a unit vector of the row space towards one of the kernel, and cannot gain.

## Main statements

* `Matrix.isMinOn_sqNorm_of_rotation`: what a minimum satisfies is enough.
* `Matrix.isMinOn_sqNorm_of_isLocalMinOn`: a local minimum is a global one.
* `Matrix.exists_projector_isMinOn_sqNorm`: the theorem, with existence.
-/

@[expose] public section

open Topology

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n]

/-- A direction in which the rank stays bounded is orthogonal to the error of a local minimum. -/
lemma trace_eq_zero_of_isLocalMinOn {N M X : Matrix m n ℝ} {p : ℕ}
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M)
    (hX : ∀ t : ℝ, (M + t • X).rank ≤ p) : ((N - M) * Xᵀ).trace = 0 := by
  have htend : Filter.Tendsto (fun t : ℝ => M + t • X) (𝓝 0) (𝓝[{A | A.rank ≤ p}] M) := by
    exact tendsto_nhdsWithin_iff.2 ⟨tendsto_add_smul M X, Filter.Eventually.of_forall hX⟩
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
theorem isMinOn_sqNorm_of_rotation {N M : Matrix m n ℝ} {P : Matrix n n ℝ}
    (hEM : (N - M) * Mᵀ = 0) (hME : Mᵀ * (N - M) = 0) (hP : Pᵀ = P) (hPP : P * P = P)
    (hMP : M * P = M) (htr : P.trace = M.rank) {X : Matrix n m ℝ} (hPX : P = X * M)
    (hrot : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 → e ⬝ᵥ e = 1 → b ⬝ᵥ b = 1 →
      b ⬝ᵥ (Nᵀ * N) *ᵥ b ≤ e ⬝ᵥ (Nᵀ * N) *ᵥ e) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ M.rank} M := by
  intro A hA
  rcases Nat.eq_zero_or_pos M.rank with h0 | hpos
  · -- there is only one matrix of rank 0
    have hA0 : A = M := (eq_zero_of_rank_eq_zero (Nat.le_zero.1 (h0 ▸ hA))).trans
      (eq_zero_of_rank_eq_zero h0).symm
    exact (congrArg (fun B => sqNorm (N - B)) hA0).ge
  have hNP := mul_projector_eq hEM hP hMP hPX
  have hcomm := transpose_mul_mul_projector_comm hP (transpose_mul_mul_projector_eq hME hNP)
  have hform : ∀ v, 0 ≤ v ⬝ᵥ (Nᵀ * N) *ᵥ v := fun v => by
    rw [dotProduct_transpose_mul_mulVec]
    exact Finset.sum_nonneg fun i _ => mul_self_nonneg _
  have hP0 : P ≠ 0 := by
    rintro rfl
    rw [Matrix.trace_zero] at htr
    exact hpos.ne (by exact_mod_cast htr)
  obtain ⟨c, hc, hb, he⟩ := exists_form_le_and_le_form hform hPP hP0
    fun e b hPe hPb => mul_form_le_mul_form hrot hPe hPb
  -- compare with the projector on the row space of the other matrix
  obtain ⟨P', hP', hPP', hAP', htr', -⟩ := A.exists_rowProj
  have hle : P'.trace ≤ P.trace := by
    rw [htr, htr']
    exact_mod_cast hA
  have hkey := trace_mul_projector_le hP hPP hcomm hP' hPP' hle hc hb he
  calc sqNorm (N - M) = sqNorm N - (Nᵀ * N * P).trace := by
        rw [← sqNorm_sub_mul_projector N hP hPP, hNP]
    _ ≤ sqNorm N - (Nᵀ * N * P').trace := by linarith
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
theorem isMinOn_sqNorm_of_isLocalMinOn {N M : Matrix m n ℝ} {p : ℕ} (hM : M.rank ≤ p)
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M := by
  rcases hM.lt_or_eq with hlt | rfl
  · -- every rank-one direction is allowed: the error is zero
    have h0 : N - M = 0 := by
      ext i j
      classical
      have h := trace_eq_zero_of_isLocalMinOn (X := vecMulVec (Pi.single i 1) (Pi.single j 1)) h
        fun t => (rank_add_smul_vecMulVec_le M t _ _).trans hlt
      simpa [Matrix.mul_vecMulVec, trace_vecMulVec] using h
    intro A _
    change sqNorm (N - M) ≤ sqNorm (N - A)
    rw [h0, sqNorm_eq_zero_iff.2 rfl]
    exact sqNorm_nonneg _
  obtain ⟨hEM, hME⟩ := mul_transpose_eq_zero_of_isLocalMinOn hM h
  obtain ⟨P, hP, hPP, hMP, htr, X, hPX⟩ := M.exists_rowProj
  refine isMinOn_sqNorm_of_rotation hEM hME hP hPP hMP htr hPX fun e b hPe hPb he hb => ?_
  have hNP := mul_projector_eq hEM hP hMP hPX
  -- turn `e` a little towards `b`
  have hrank : ∀ t, (N * turnProjector P e b t).rank ≤ M.rank := fun t => by
    obtain ⟨L, R, hLR⟩ := exists_turnProjector_eq_mul (b := b) hP hPe he t
    rw [hLR, hPX]
    exact (rank_mul_le_right _ _).trans ((rank_mul_le_left _ _).trans
      ((rank_mul_le_right _ _).trans (rank_mul_le_right _ _)))
  have htend : Filter.Tendsto (fun t => N * turnProjector P e b t) (𝓝 0)
      (𝓝[{A | A.rank ≤ M.rank}] M) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, Filter.Eventually.of_forall hrank⟩
    have h0 := (continuous_const (y := N)).matrix_mul (continuous_turnProjector P e b) |>.tendsto 0
    rwa [turnProjector_zero, hNP] at h0
  obtain ⟨t, ht, ht0⟩ : ∃ t : ℝ,
      sqNorm (N - M) ≤ sqNorm (N - N * turnProjector P e b t) ∧ t ≠ 0 := by
    have hev : ∀ᶠ t in 𝓝[≠] (0 : ℝ), sqNorm (N - M) ≤ sqNorm (N - N * turnProjector P e b t) :=
      (htend.mono_left nhdsWithin_le_nhds).eventually h
    exact (hev.and self_mem_nhdsWithin).exists
  have hM' : sqNorm (N - M) = sqNorm N - (Nᵀ * N * P).trace := by
    rw [← sqNorm_sub_mul_projector N hP hPP, hNP]
  rw [sqNorm_sub_mul_projector N (turnProjector_transpose hP t)
    (turnProjector_mul_self hP hPP hPe hPb he hb t), hM'] at ht
  -- `Nᵀ N e` has no component along `b`
  have hMb : M *ᵥ b = 0 := by rw [← hMP, ← Matrix.mulVec_mulVec, hPb, Matrix.mulVec_zero]
  have hbe : b ⬝ᵥ (Nᵀ * N) *ᵥ e = 0 := by
    rw [← hPe, Matrix.mulVec_mulVec, transpose_mul_mul_projector_eq hME hNP,
      dotProduct_transpose_mul_mulVec, hMb, zero_dotProduct]
  have heb : e ⬝ᵥ (Nᵀ * N) *ᵥ b = 0 := by
    rw [dotProduct_transpose_mul_mulVec, dotProduct_comm, ← dotProduct_transpose_mul_mulVec, hbe]
  rw [trace_mul_turnProjector hbe heb] at ht
  have ht2 : 0 < t ^ 2 := by positivity
  have hle : (1 + t ^ 2)⁻¹ * (e ⬝ᵥ (Nᵀ * N) *ᵥ e + t ^ 2 * (b ⬝ᵥ (Nᵀ * N) *ᵥ b)) ≤
      e ⬝ᵥ (Nᵀ * N) *ᵥ e := by linarith
  rw [inv_mul_le_iff₀ (by positivity)] at hle
  exact le_of_mul_le_mul_left (by linarith) ht2

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
    have h1 : P i i ≤ 1 := by
      by_contra! h
      linarith [hle i, mul_lt_mul_of_pos_right h (one_pos.trans h)]
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

end Matrix
