/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Ends
public import DeepLinear.ForMathlib.Topology.Instances.MatrixRank
public import Mathlib.Topology.Instances.Real.Lemmas
public import Mathlib.Topology.Order.LocalExtr

/-!
# Openness of the end-to-end map onto the matrices of the same rank

Case B of the proof of Lu and Kawaguchi's Theorem 2.1, at every `W` and for every loss. Let `R` be
the end-to-end matrix of `W`. Every `R'` near `R` of rank at most that of `R` is `U R V` with `U`
and `V` near `1` (`Matrix.exists_continuousAt_mul_mul_eq`), so it is the end-to-end matrix of
weights near `W`: multiply the last layer by `U` and the first by `V`. Hence if `W` is a local
minimum of `l ∘ endToEnd`, then `R` is one of `l` among the matrices of rank at most that of `R`.
Nothing is asked of `l`, nor of the hidden layers.

## Main statements

* `DeepLinear.nhdsWithin_le_map_endToEnd`: openness, with neighbourhood filters.
* `DeepLinear.isLocalMinOn_rank_le`: from local minima of the deep problem to the shallow one.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {W : Weights ι ℝ}

/-- The end-to-end map is open onto the matrices of no larger rank, at every `W`: each matrix near
the end-to-end matrix `R` of `W`, of rank at most that of `R`, is the end-to-end matrix of weights
near `W`. -/
theorem nhdsWithin_le_map_endToEnd (hH : 1 ≤ H) (W : Weights ι ℝ) :
    𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) ≤ Filter.map endToEnd (𝓝 W) := by
  obtain ⟨n, rfl⟩ : ∃ n, H = n + 1 := ⟨H - 1, by omega⟩
  obtain ⟨U, V, hU, hV, hU1, hV1, hUV⟩ := exists_continuousAt_mul_mul_eq (endToEnd W)
  let f : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ → Weights ι ℝ := fun R' =>
    mulLast (U R') (mulFirst W (V R'))
  have hf : Filter.Tendsto f (𝓝 (endToEnd W)) (𝓝 W) := by
    have hUV' : Filter.Tendsto (fun R' => (U R', V R')) (𝓝 (endToEnd W)) (𝓝 (1, 1)) := by
      simpa only [ContinuousAt, hU1, hV1] using hU.prodMk hV
    have hone := (continuous_mulLast_mulFirst W).tendsto (1, 1)
    rw [mulFirst_one, mulLast_one] at hone
    have h := hone.comp hUV'
    exact h
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
theorem isLocalMinOn_rank_le (hH : 1 ≤ H)
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) :=
  nhdsWithin_le_map_endToEnd hH W hW

end DeepLinear
