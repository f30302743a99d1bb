/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.DeepToShallow
public import DeepLinear.Landscape.Shallow

/-!
# Every local minimum is global

Theorem 2.3 of Lu and Kawaguchi: Theorem 2.1 takes a local minimum of the deep problem to one of the
shallow problem, and Theorem 2.2 says that this is a global minimum.

## Main statements

* `DeepLinear.isMinOn_of_isLocalMin`: Lu and Kawaguchi, Theorem 2.3.
* `DeepLinear.isMinOn_univ_iff_isMinOn_rank_le`: the deep minimum is the shallow one.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- Every local minimum of a deep linear network under a quadratic loss is global, if the form is
positive definite. -/
theorem isMinOn_of_isLocalMin_quadraticLoss {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last H)) (ι 0) ℝ) (c : ℝ) (W : Weights ι ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W := by
  rcases Nat.eq_zero_or_pos H with rfl | hH
  · exact fun W' _ => (congrArg (fun W => quadraticLoss Q C c (endToEnd W))
      (Subsingleton.elim W W')).le
  have hlocal := isLocalMinOn_of_isLocalMin hH (strictConvexOn_quadraticLoss hQ C c).convexOn
    (hasGateauxDerivAt_quadraticLoss hQ.transpose_eq C c _) hW
  have hmin := isMinOn_of_isLocalMinOn hQ C c (rank_endToEnd_le W) hlocal
  exact fun W' _ => hmin (rank_endToEnd_le W')

/-- **Lu and Kawaguchi, Theorem 2.3**, values, for every loss whatever: weights minimize the loss
over all weights if and only if their end-to-end matrix minimizes it over the matrices of rank at
most the bottleneck width. -/
theorem isMinOn_univ_iff_isMinOn_rank_le {β : Type*} [Preorder β] (hH : 1 ≤ H)
    (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → β) (W : Weights ι ℝ) :
    IsMinOn (fun W : Weights ι ℝ => l (endToEnd W)) Set.univ W ↔
      IsMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  refine ⟨fun h A hA => ?_, fun h W' _ => h (rank_endToEnd_le W')⟩
  obtain ⟨W', rfl⟩ := exists_endToEnd_eq hH hA
  exact h (Set.mem_univ W')

/-- The minimum of the deep problem under a quadratic loss exists, and it is the minimum of the
shallow problem. -/
theorem exists_isMinOn_quadraticLoss_endToEnd (hH : 1 ≤ H) {Q : Matrix (ι 0) (ι 0) ℝ}
    (hQ : Q.PosDef) (C : Matrix (ι (Fin.last H)) (ι 0) ℝ) (c : ℝ) :
    ∃ W : Weights ι ℝ,
      IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W ∧
        IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  obtain ⟨A, hA, hmin⟩ := exists_isMinOn_quadraticLoss hQ C c (bottleneck ι)
  obtain ⟨W, rfl⟩ := exists_endToEnd_eq hH hA
  exact ⟨W, fun W' _ => hmin (rank_endToEnd_le W'), hmin⟩

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- **Lu and Kawaguchi, Theorem 2.3**: if `X Xᵀ` is positive definite, then every local minimum of
the dataset loss of a deep linear network is a global minimum, whatever the widths are. -/
theorem isMinOn_of_isLocalMin (hX : (X * Xᵀ).PosDef) (W : Weights ι ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
  rw [datasetLoss_eq_quadraticLoss] at hW ⊢
  exact isMinOn_of_isLocalMin_quadraticLoss hX _ _ W hW

end DeepLinear
