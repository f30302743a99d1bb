/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import Mathlib.Data.Real.Basic
public import Mathlib.Tactic.FieldSimp
public import Mathlib.Topology.Instances.Matrix
public import Mathlib.Topology.Instances.Real.Lemmas

/-!
# An orthogonal projector, turned

Let `e` be a unit vector of the range of the orthogonal projector `P`, and `b` one of its kernel.
The projector whose range has `e + t b` in the place of `e` depends continuously on `t`, and its
rank is that of `P`.

## Main definitions

* `Matrix.turnProjector P e b t`: the turned projector.
-/

@[expose] public section

open Topology

namespace Matrix

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

end Matrix
