/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Network
public import Mathlib.Topology.Instances.Matrix

/-!
# The first and the last layer

Multiplying the first layer from the right, or the last from the left, multiplies the end-to-end
matrix. The two operations have definitions of their own because `ι (Fin.castSucc 0)` and `ι 0` are
equal by unfolding only, so that `W 0 * B` with `B : Matrix (ι 0) (ι 0) R` does not elaborate.

## Main definitions

* `DeepLinear.mulFirst W B`: the first layer multiplied by `B` from the right.
* `DeepLinear.mulLast B W`: the last layer multiplied by `B` from the left.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] {R : Type*} [CommRing R]

/-- Multiply the first layer from the right. -/
def mulFirst (W : Weights ι R) (B : Matrix (ι 0) (ι 0) R) : Weights ι R :=
  Function.update W 0 ((fun A : Matrix (ι (Fin.succ 0)) (ι 0) R => A * B) (W 0))

/-- Multiply the last layer from the left. -/
def mulLast (B : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R) (W : Weights ι R) :
    Weights ι R :=
  Function.update W (Fin.last n)
    ((fun A : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R => B * A) (W (Fin.last n)))

variable [∀ k, DecidableEq (ι k)] (W : Weights ι R)

@[simp]
lemma mulFirst_one : mulFirst W 1 = W := by
  rw [mulFirst, Function.update_eq_self_iff]
  exact Matrix.mul_one _

@[simp]
lemma mulLast_one : mulLast 1 W = W := by
  rw [mulLast, Function.update_eq_self_iff]
  exact Matrix.one_mul _

/-- Multiplying the first layer multiplies every head but the first. -/
lemma head_mulFirst (B : Matrix (ι 0) (ι 0) R) (k : Fin (n + 1)) :
    head (mulFirst W B) k.succ = head W k.succ * B := by
  induction k using Fin.induction with
  | zero =>
    have h : ∀ W' : Weights ι R, head W' (Fin.succ 0) =
        (fun A : Matrix (ι (Fin.succ 0)) (ι 0) R => A) (W' 0) :=
      fun W' => (head_succ W' 0).trans (Matrix.mul_one _)
    rw [h, h W, mulFirst, Function.update_self]
  | succ k ih =>
    rw [head_succ, head_succ W k.succ, mulFirst, Function.update_of_ne (Fin.succ_ne_zero k),
      ← mulFirst, Matrix.mul_assoc]
    exact congrArg (W k.succ * ·) ih

/-- Multiplying the first layer multiplies the end-to-end matrix. -/
lemma endToEnd_mulFirst (B : Matrix (ι 0) (ι 0) R) :
    endToEnd (mulFirst W B) = endToEnd W * B :=
  head_mulFirst W B (Fin.last n)

/-- Multiplying the last layer multiplies the end-to-end matrix. -/
lemma endToEnd_mulLast (B : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R) :
    endToEnd (mulLast B W) = B * endToEnd W := by
  have hhead : head (mulLast B W) (Fin.last n).castSucc = head W (Fin.last n).castSucc :=
    head_congr fun j hj => Function.update_of_ne (by rintro rfl; exact lt_irrefl _ hj) _ _
  have hlast : ∀ W' : Weights ι R, endToEnd W' =
      (fun A : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R =>
        A * head W' (Fin.last n).castSucc) (W' (Fin.last n)) :=
    fun W' => head_succ W' (Fin.last n)
  rw [hlast, hlast W, hhead, mulLast, Function.update_self]
  exact Matrix.mul_assoc _ _ _

omit [∀ k, DecidableEq (ι k)] in
/-- The weights depend continuously on what the first and the last layer are multiplied by. -/
lemma continuous_mulLast_mulFirst [TopologicalSpace R] [IsTopologicalRing R] :
    Continuous fun p : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R ×
      Matrix (ι 0) (ι 0) R => mulLast p.1 (mulFirst W p.2) := by
  have hfirst : Continuous fun p : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R ×
      Matrix (ι 0) (ι 0) R => mulFirst W p.2 :=
    continuous_const.update 0 ((continuous_const (y := show Matrix (ι (Fin.succ 0)) (ι 0) R from
      W 0)).matrix_mul continuous_snd)
  exact hfirst.update (Fin.last n) (continuous_fst.matrix_mul
    ((continuous_apply (Fin.last n)).comp hfirst))

end DeepLinear
