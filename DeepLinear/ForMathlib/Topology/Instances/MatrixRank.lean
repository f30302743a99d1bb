/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import Mathlib.Topology.Algebra.Field
public import Mathlib.Topology.Instances.Matrix

/-!
# Near a matrix, those of no larger rank

Let `R = F G` be a full-rank factorization, with `F' F = 1` and `G G' = 1`. Near `R` the matrix
`F' R' G'` is invertible, so that `R'` is recovered from `R' G'` and `F' R'` if its rank is at most
that of `R` (the skeleton identity). So `R' = U R V` with `U` and `V` near `1`: the map that takes
`U` and `V` to `U R V` is open onto the matrices of no larger rank.

## Main statements

* `Matrix.exists_continuousAt_mul_mul_eq`: over every topological field.
-/

@[expose] public section

open Topology

namespace Matrix

variable {m n 𝕜 : Type*} [Fintype m] [Fintype n] [Field 𝕜] [TopologicalSpace 𝕜]
  [IsTopologicalDivisionRing 𝕜] [T1Space 𝕜]

/-- Near `R` every matrix of rank at most that of `R` is `U * R * V` with `U`, `V` near `1`. -/
theorem exists_continuousAt_mul_mul_eq [DecidableEq m] [DecidableEq n] (R : Matrix m n 𝕜) :
    ∃ (U : Matrix m n 𝕜 → Matrix m m 𝕜) (V : Matrix m n 𝕜 → Matrix n n 𝕜),
      ContinuousAt U R ∧ ContinuousAt V R ∧ U R = 1 ∧ V R = 1 ∧
        ∀ᶠ R' in 𝓝 R, R'.rank ≤ R.rank → U R' * R * V R' = R' := by
  obtain ⟨r, F, G, F', G', hr, hR, hF, hG⟩ := R.exists_fullRank_factorization
  -- `C R'` is the skeleton of `R'`; it is `1` at `R`
  obtain ⟨C, hCdef⟩ : ∃ C : Matrix m n 𝕜 → Matrix (Fin r) (Fin r) 𝕜, ∀ R', C R' = F' * R' * G' :=
    ⟨_, fun _ => rfl⟩
  have hC : Continuous C := by
    rw [funext hCdef]
    exact (continuous_const.matrix_mul continuous_id).matrix_mul continuous_const
  have hRG : R * G' = F := by rw [hR, Matrix.mul_assoc, hG, Matrix.mul_one]
  have hFR : F' * R = G := by rw [hR, ← Matrix.mul_assoc, hF, Matrix.one_mul]
  have hCR : C R = 1 := by rw [hCdef, hFR, hG]
  have hne : (C R).det ≠ 0 := by rw [hCR, Matrix.det_one]; exact one_ne_zero
  have hdet : ∀ᶠ R' in 𝓝 R, IsUnit (C R').det := by
    filter_upwards [hC.matrix_det.continuousAt.eventually_ne hne] with R' h
    exact isUnit_iff_ne_zero.2 h
  have hinv : ContinuousAt (fun R' => (C R')⁻¹) R := by
    simp only [Matrix.inv_def, Ring.inverse_eq_inv']
    exact (hC.matrix_det.continuousAt.fun_inv₀ hne).fun_smul hC.matrix_adjugate.continuousAt
  -- the inverse is continuous at `R`; all else is a polynomial in it and in `R'`
  have hU : Continuous fun R' : Matrix m n 𝕜 => 1 + (R' * G' - F) * F' :=
    continuous_const.fun_add (((continuous_id.matrix_mul continuous_const).fun_sub
      continuous_const).matrix_mul continuous_const)
  have hV : Continuous fun p : Matrix (Fin r) (Fin r) 𝕜 × Matrix m n 𝕜 =>
      1 + G' * (p.1 * (F' * p.2) - G) :=
    continuous_const.fun_add (continuous_const.matrix_mul
      ((continuous_fst.matrix_mul (continuous_const.matrix_mul continuous_snd)).fun_sub
        continuous_const))
  have hpair : ContinuousAt (fun R' => ((C R')⁻¹, R')) R := hinv.prodMk continuousAt_id
  refine ⟨fun R' => 1 + (R' * G' - F) * F', fun R' => 1 + G' * ((C R')⁻¹ * (F' * R') - G),
    hU.continuousAt,
    ContinuousAt.comp (x := R) (f := fun R' => ((C R')⁻¹, R')) hV.continuousAt hpair,
    ?_, ?_, ?_⟩
  · simp only [hRG, sub_self, Matrix.zero_mul, add_zero]
  · simp only [hCR, inv_one, Matrix.one_mul, hFR, sub_self, Matrix.mul_zero, add_zero]
  · filter_upwards [hdet] with R' hu hle
    have hskel : R' * G' * (C R')⁻¹ * F' * R' = R' := by
      rw [hCdef] at hu ⊢
      exact R'.mul_inv_mul_eq_self F' G' (by rwa [Fintype.card_fin, hr]) hu
    have hUF : (1 + (R' * G' - F) * F') * F = R' * G' := by
      rw [Matrix.add_mul, Matrix.one_mul, Matrix.mul_assoc, hF, Matrix.mul_one]
      abel
    have hGV : G * (1 + G' * ((C R')⁻¹ * (F' * R') - G)) = (C R')⁻¹ * (F' * R') := by
      rw [Matrix.mul_add, Matrix.mul_one, ← Matrix.mul_assoc, hG, Matrix.one_mul]
      abel
    calc (1 + (R' * G' - F) * F') * R * (1 + G' * ((C R')⁻¹ * (F' * R') - G))
        = ((1 + (R' * G' - F) * F') * F) * (G * (1 + G' * ((C R')⁻¹ * (F' * R') - G))) := by
          rw [hR]; simp only [Matrix.mul_assoc]
      _ = R' * G' * (C R')⁻¹ * F' * R' := by rw [hUF, hGV]; simp only [Matrix.mul_assoc]
      _ = R' := hskel

end Matrix
