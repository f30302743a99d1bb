/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Projector
public import Mathlib.Tactic.Module

/-!
# Ky Fan's inequality, without eigenvalues

Among the orthogonal projectors of no larger trace, `tr (S P)` is greatest for one that commutes
with `S` and on whose range the form of `S` is nowhere below its values on the kernel.

## Main statements

* `Matrix.trace_mul_projector_le`: the inequality.
* `Matrix.exists_form_le_and_le_form`: the number between the two forms that it asks for.
* `Matrix.rank_eq_trace_of_projector`: the rank of a projector is its trace.
-/

@[expose] public section

namespace Matrix

variable {m n : Type*} [Fintype m] [Fintype n]

/-- A vector that is not zero has a positive square. -/
lemma dotProduct_self_pos {v : n → ℝ} (hv : v ≠ 0) : 0 < v ⬝ᵥ v :=
  (Finset.sum_nonneg fun i _ => mul_self_nonneg (v i)).lt_of_ne
    fun h => hv (dotProduct_self_eq_zero.1 h.symm)

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
