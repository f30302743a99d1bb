/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Ends
import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
import DeepLinear.Tag
import Mathlib.Topology.Instances.Matrix
import Mathlib.Topology.Instances.Real.Lemmas
import Mathlib.Topology.Order.LocalExtr

/-!
# Openness of the end-to-end map onto the matrices of the same rank

Case B of the proof of Lu and Kawaguchi's Theorem 2.1, at every `W` and for every loss. Let `R` be
the end-to-end matrix of `W`. Every `R'` near `R` of rank at most that of `R` is `U R V` with `U`
and `V` near `1`, so it is the end-to-end matrix of weights near `W`: multiply the last layer by `U`
and the first by `V`. Hence if `W` is a local minimum of `l ∘ endToEnd`, then `R` is one of `l`
among the matrices of rank at most that of `R`. Nothing is asked of `l`, nor of the hidden layers.

## Main statements

* `DeepLinear.exists_continuousAt_mul_mul_eq`: the matrices near `R` of at most its rank.
* `DeepLinear.nhdsWithin_le_map_endToEnd`: openness, with neighbourhood filters.
* `DeepLinear.isLocalMinOn_rank_le`: from local minima of the deep problem to the shallow one.
-/

open Matrix Topology

namespace DeepLinear

/-- Near `R` every matrix of rank at most that of `R` is `U * R * V` with `U`, `V` near `1`. -/
theorem exists_continuousAt_mul_mul_eq {m n : Type*} [Fintype m] [Fintype n] [DecidableEq m]
    [DecidableEq n] (R : Matrix m n ℝ) :
    ∃ (U : Matrix m n ℝ → Matrix m m ℝ) (V : Matrix m n ℝ → Matrix n n ℝ),
      ContinuousAt U R ∧ ContinuousAt V R ∧ U R = 1 ∧ V R = 1 ∧
        ∀ᶠ R' in 𝓝 R, R'.rank ≤ R.rank → U R' * R * V R' = R' := by
  obtain ⟨r, F, G, F', G', hr, hR, hF, hG⟩ := R.exists_fullRank_factorization
  -- `C R'` is the skeleton of `R'`; it is `1` at `R`
  obtain ⟨C, hCdef⟩ : ∃ C : Matrix m n ℝ → Matrix (Fin r) (Fin r) ℝ, ∀ R', C R' = F' * R' * G' :=
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
  have hU : Continuous fun R' : Matrix m n ℝ => 1 + (R' * G' - F) * F' :=
    continuous_const.fun_add (((continuous_id.matrix_mul continuous_const).fun_sub
      continuous_const).matrix_mul continuous_const)
  have hV : Continuous fun p : Matrix (Fin r) (Fin r) ℝ × Matrix m n ℝ =>
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

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {W : Weights ι ℝ}

/-- The end-to-end map is open onto the matrices of no larger rank, at every `W`: each matrix near
the end-to-end matrix `R` of `W`, of rank at most that of `R`, is the end-to-end matrix of weights
near `W`. -/
@[assignment "LK1"]
theorem nhdsWithin_le_map_endToEnd (hH : 1 ≤ H) (W : Weights ι ℝ) :
    𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) ≤ Filter.map endToEnd (𝓝 W) := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  obtain ⟨U, V, hU, hV, hU1, hV1, hUV⟩ := exists_continuousAt_mul_mul_eq (endToEnd W)
  let f : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ → Weights ι ℝ := fun R' =>
    mulLast (U R') (mulFirst W (V R'))
  have hf : Filter.Tendsto f (𝓝 (endToEnd W)) (𝓝 W) := by
    have hcont : ContinuousAt f (endToEnd W) :=
      (continuous_mulLast_mulFirst W).continuousAt.comp (hU.prodMk hV)
    have hval : f (endToEnd W) = W := by simp only [f, hU1, hV1, mulFirst_one, mulLast_one]
    simpa only [ContinuousAt, hval] using hcont
  have hmap : Filter.map (endToEnd ∘ f) (𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W)) =
      𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) := by
    refine (Filter.map_congr ?_).trans Filter.map_id
    filter_upwards [nhdsWithin_le_nhds hUV, self_mem_nhdsWithin] with R' h hle
    simp only [Function.comp_apply, f, endToEnd_mulLast, endToEnd_mulFirst, id_eq,
      ← Matrix.mul_assoc]
    exact h hle
  rw [← hmap, ← Filter.map_map]
  exact Filter.map_mono (hf.mono_left nhdsWithin_le_nhds)

/-- If `W` is a local minimum of a loss of the end-to-end matrix, then the end-to-end matrix is a
local minimum of the loss among the matrices of no larger rank. There is no hypothesis on the loss,
and none on the widths. -/
@[assignment "LK1"]
theorem isLocalMinOn_rank_le (hH : 1 ≤ H)
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) :=
  nhdsWithin_le_map_endToEnd hH W hW

end DeepLinear
