/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Data.Matrix.Basic
public import Mathlib.Data.Matrix.Mul
public import Mathlib.Order.Fin.Basic
public import Mathlib.Topology.Instances.Matrix

/-!
# Deep linear networks

A linear network has layers `0, …, H`; the neurons of layer `k` are indexed by a finite type `ι k`,
whose cardinality is the width of the layer. Its weights are `H` matrices, and weight matrix `k`
(counted from `0`) maps layer `k` to layer `k + 1`. In the usual notation, where the weight matrices
are counted from `1`, our `W k` is `W_{k+1}`.

Everything here is stated over an arbitrary semiring, so that the definitions the theorems
speak of are also the ones that compute over the rationals.

## Main definitions

* `DeepLinear.Weights`: the weights of a network.
* `DeepLinear.head W k`: the matrix `W_k ⋯ W_1` from the input to layer `k`.
* `DeepLinear.tail W k`: the matrix `W_H ⋯ W_{k+1}` from layer `k` to the output.
* `DeepLinear.endToEnd W`: the end-to-end matrix `W_H ⋯ W_1`.
* `DeepLinear.between W j k`: the matrix `W_k ⋯ W_{j+1}` from layer `j` to layer `k`.
* `DeepLinear.firstLayer W`, `DeepLinear.lastLayer W`: the first and the last weight matrix.
* `DeepLinear.mulFirst W B`: the first layer multiplied by `B` from the right.
* `DeepLinear.mulLast B W`: the last layer multiplied by `B` from the left.

## Main statements

* `DeepLinear.tail_mul_head`: `tail W k * head W k = endToEnd W` for every layer `k`.
* `DeepLinear.endToEnd_eq_tail_mul_head`: the end-to-end matrix is `tail * W k * head`.
* `DeepLinear.endToEnd_update`: replacing one weight matrix replaces the middle factor.
* `DeepLinear.eq_sum_between`: a linear recursion over the layers, solved.

## References

* H. Lu, K. Kawaguchi, *Depth Creates No Bad Local Minima*, arXiv:1702.08580, section 2.
-/

@[expose] public section

open Matrix

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} {R : Type*}

/-- Weights of a linear network with layers `0, …, H`: one matrix for each `k < H`, from layer `k`
(of shape `ι k.castSucc`) to layer `k + 1` (of shape `ι k.succ`). -/
abbrev Weights (ι : Fin (H + 1) → Type*) (R : Type*) :=
  ∀ k : Fin H, Matrix (ι k.succ) (ι k.castSucc) R

section Semiring

variable [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] [Semiring R]

/-- The head `W_k ⋯ W_1` of a network: from the input to layer `k`. It is `1` for `k = 0`. -/
def head (W : Weights ι R) : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 1 fun k S => W k * S

/-- The tail `W_H ⋯ W_{k+1}` of a network: from layer `k` to the output. It is `1` for `k = H`. -/
def tail (W : Weights ι R) : ∀ k, Matrix (ι (Fin.last H)) (ι k) R :=
  Fin.reverseInduction 1 fun k T => T * W k

/-- The end-to-end matrix `W_H ⋯ W_1` of a network: from the input to the output. -/
def endToEnd (W : Weights ι R) : Matrix (ι (Fin.last H)) (ι 0) R :=
  head W (Fin.last H)

variable (W : Weights ι R)

@[simp]
lemma head_zero : head W 0 = 1 :=
  rfl

lemma head_succ (k : Fin H) : head W k.succ = W k * head W k.castSucc :=
  Fin.induction_succ _ _ _

@[simp]
lemma tail_last : tail W (Fin.last H) = 1 :=
  Fin.reverseInduction_last

lemma tail_castSucc (k : Fin H) : tail W k.castSucc = tail W k.succ * W k :=
  Fin.reverseInduction_castSucc _

@[simp]
lemma head_last : head W (Fin.last H) = endToEnd W :=
  rfl

/-- The network splits at every layer: `endToEnd W = tail W k * head W k`. -/
theorem tail_mul_head (k : Fin (H + 1)) : tail W k * head W k = endToEnd W := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih => rw [tail_castSucc, Matrix.mul_assoc, ← head_succ, ih]

@[simp]
lemma tail_zero : tail W 0 = endToEnd W := by
  simpa using tail_mul_head W 0

/-- The network splits around every weight matrix. -/
theorem endToEnd_eq_tail_mul_head (k : Fin H) :
    endToEnd W = tail W k.succ * W k * head W k.castSucc := by
  rw [Matrix.mul_assoc, ← head_succ, tail_mul_head]

variable {W} {W' : Weights ι R}

/-- The head at layer `k` depends only on the weights below layer `k`. -/
lemma head_congr {k : Fin (H + 1)} (h : ∀ j : Fin H, j.castSucc < k → W j = W' j) :
    head W k = head W' k := by
  induction k using Fin.induction with
  | zero => rfl
  | succ k ih =>
    rw [head_succ, head_succ, h k k.castSucc_lt_succ,
      ih fun j hj => h j (hj.trans k.castSucc_lt_succ)]

/-- The tail at layer `k` depends only on the weights above layer `k`. -/
lemma tail_congr {k : Fin (H + 1)} (h : ∀ j : Fin H, k ≤ j.castSucc → W j = W' j) :
    tail W k = tail W' k := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    rw [tail_castSucc, tail_castSucc, h k le_rfl,
      ih fun j hj => h j (k.castSucc_lt_succ.le.trans hj)]

variable (W) in
/-- Replacing weight matrix `k` by `V` replaces the middle factor of the end-to-end matrix. -/
theorem endToEnd_update (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) R) :
    endToEnd (Function.update W k V) = tail W k.succ * V * head W k.castSucc := by
  have htail : tail (Function.update W k V) k.succ = tail W k.succ :=
    tail_congr fun j hj => Function.update_of_ne
      (by rintro rfl; exact absurd hj (not_le_of_gt j.castSucc_lt_succ)) _ _
  have hhead : head (Function.update W k V) k.castSucc = head W k.castSucc :=
    head_congr fun j hj => Function.update_of_ne (by rintro rfl; exact lt_irrefl _ hj) _ _
  rw [endToEnd_eq_tail_mul_head _ k, Function.update_self, htail, hhead]

/-- The head over another ring, entry by entry. -/
lemma head_map {S : Type*} [Semiring S] (f : R →+* S) (k : Fin (H + 1)) :
    head (fun j => (W j).map f) k = (head W k).map f := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih => rw [head_succ, head_succ, ih, Matrix.map_mul]

/-- The tail over another ring, entry by entry. -/
lemma tail_map {S : Type*} [Semiring S] (f : R →+* S) (k : Fin (H + 1)) :
    tail (fun j => (W j).map f) k = (tail W k).map f := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih => rw [tail_castSucc, tail_castSucc, ih, Matrix.map_mul]

/-- The end-to-end matrix over another ring, entry by entry. -/
lemma endToEnd_map {S : Type*} [Semiring S] (f : R →+* S) :
    endToEnd (fun j => (W j).map f) = (endToEnd W).map f :=
  head_map f _

end Semiring

section CommRing

variable [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] [CommRing R] (W : Weights ι R)

/-- Moving weight matrix `k` along `V` moves the end-to-end matrix along `tail * V * head`. -/
theorem endToEnd_update_add_smul (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) R) (t : R) :
    endToEnd (Function.update W k (W k + t • V)) =
      endToEnd W + t • (tail W k.succ * V * head W k.castSucc) := by
  rw [endToEnd_update, Matrix.mul_add, Matrix.add_mul, ← endToEnd_eq_tail_mul_head,
    Matrix.mul_smul, Matrix.smul_mul]

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
/-- Moving the weights along a direction that lies in layer `k` alone changes weight matrix `k`. -/
lemma add_smul_single (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) R) (t : R) :
    W + t • (Pi.single k V : Weights ι R) = Function.update W k (W k + t • V) := by
  ext j : 1
  by_cases h : j = k
  · subst h; simp
  · simp [h]

/-- The tail is homogeneous in the weights. -/
lemma tail_smul (s : R) (k : Fin (H + 1)) : tail (s • W) k = s ^ (H - (k : ℕ)) • tail W k := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, tail_castSucc, ih, Pi.smul_apply, Matrix.smul_mul, Matrix.mul_smul,
      smul_smul,
      hexp, pow_succ]

/-- The head is homogeneous in the weights. -/
lemma head_smul (s : R) (k : Fin (H + 1)) : head (s • W) k = s ^ (k : ℕ) • head W k := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, head_succ, ih, Pi.smul_apply, Matrix.smul_mul, Matrix.mul_smul, smul_smul,
      Fin.val_succ, Fin.val_castSucc, pow_succ']

/-- The end-to-end matrix is homogeneous of degree `H` in the weights. -/
lemma endToEnd_smul (s : R) : endToEnd (s • W) = s ^ H • endToEnd W := by
  simpa using head_smul W s (Fin.last H)

end CommRing

section Between

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {R : Type*} [CommRing R] {α : Type*} (W : Weights ι R)

/-- The product `W_k ⋯ W_{j+1}` of the layers from `j` to `k`: `1` for `k = j`, `0` for `k < j`. -/
def between (j : Fin (H + 1)) : ∀ k, Matrix (ι k) (ι j) R :=
  Fin.induction ((Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) 0) fun k x =>
    W k * x + (Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) k.succ

lemma between_zero (j : Fin (H + 1)) :
    between W j 0 = (Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) 0 :=
  rfl

lemma between_succ (j : Fin (H + 1)) (k : Fin H) : between W j k.succ =
    W k * between W j k.castSucc + (Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) k.succ :=
  Fin.induction_succ _ _ _

lemma between_map {S : Type*} [CommRing S] (f : R →+* S) (j k : Fin (H + 1)) :
    between (fun i => (W i).map f) j k = (between W j k).map f := by
  have hsingle : ∀ k, (Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) S) k =
      ((Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) k).map f := by
    intro k
    rcases eq_or_ne k j with rfl | h
    · rw [Pi.single_eq_same, Pi.single_eq_same, Matrix.map_one f (map_zero f) (map_one f)]
    · rw [Pi.single_eq_of_ne h, Pi.single_eq_of_ne h, Matrix.map_zero f (map_zero f)]
  induction k using Fin.induction with
  | zero => exact hsingle 0
  | succ k ih =>
    rw [between_succ, between_succ, ih, hsingle, Matrix.map_add f (map_add f), Matrix.map_mul]

lemma between_eq_zero {j k : Fin (H + 1)} (h : k < j) : between W j k = 0 := by
  induction k using Fin.induction with
  | zero => rw [between_zero, Pi.single_eq_of_ne h.ne]
  | succ k ih =>
    rw [between_succ, ih (k.castSucc_lt_succ.trans h), Matrix.mul_zero, zero_add,
      Pi.single_eq_of_ne h.ne]

@[simp]
lemma between_self (j : Fin (H + 1)) : between W j j = 1 := by
  induction j using Fin.cases with
  | zero => rw [between_zero, Pi.single_eq_same]
  | succ j =>
    rw [between_succ, between_eq_zero W j.castSucc_lt_succ, Matrix.mul_zero, zero_add,
      Pi.single_eq_same]

lemma between_succ_of_le {j : Fin (H + 1)} {k : Fin H} (h : j ≤ k.castSucc) :
    between W j k.succ = W k * between W j k.castSucc := by
  rw [between_succ, Pi.single_eq_of_ne (h.trans_lt k.castSucc_lt_succ).ne', add_zero]

lemma between_mul_head {j k : Fin (H + 1)} (h : j ≤ k) : between W j k * head W j = head W k := by
  induction k using Fin.induction with
  | zero =>
    obtain rfl : j = 0 := Fin.le_zero_iff.1 h
    rw [between_self, Matrix.one_mul]
  | succ k ih =>
    rcases h.lt_or_eq with hlt | rfl
    · have hle : j ≤ k.castSucc := Fin.le_castSucc_iff.2 hlt
      rw [between_succ_of_le W hle, Matrix.mul_assoc, ih hle, head_succ]
    · rw [between_self, Matrix.one_mul]

lemma tail_mul_between {j k : Fin (H + 1)} (h : j ≤ k) : tail W k * between W j k = tail W j := by
  induction k using Fin.induction with
  | zero =>
    obtain rfl : j = 0 := Fin.le_zero_iff.1 h
    rw [between_self, Matrix.mul_one]
  | succ k ih =>
    rcases h.lt_or_eq with hlt | rfl
    · have hle : j ≤ k.castSucc := Fin.le_castSucc_iff.2 hlt
      rw [between_succ_of_le W hle, ← Matrix.mul_assoc, ← tail_castSucc, ih hle]
    · rw [between_self, Matrix.mul_one]

lemma between_last (j : Fin (H + 1)) : between W j (Fin.last H) = tail W j := by
  simpa using tail_mul_between W (Fin.le_last j)

lemma between_zero_eq_head (k : Fin (H + 1)) : between W 0 k = head W k := by
  simpa using between_mul_head W (Fin.zero_le k)

/-- A linear recursion over the layers, solved. -/
lemma eq_sum_between {D : ∀ k, Matrix (ι k) α R} {A : ∀ k : Fin H, Matrix (ι k.succ) α R}
    (h0 : D 0 = 0) (hs : ∀ k, D k.succ = A k + W k * D k.castSucc) (k : Fin (H + 1)) :
    D k = ∑ j : Fin H, between W j.succ k * A j := by
  induction k using Fin.induction with
  | zero =>
    rw [h0]
    refine (Finset.sum_eq_zero fun j _ => ?_).symm
    rw [between_eq_zero W j.succ_pos, Matrix.zero_mul]
  | succ k ih =>
    rw [hs, ih, Matrix.mul_sum]
    have hk : ∀ j : Fin H, between W j.succ k.succ * A j =
        W k * (between W j.succ k.castSucc * A j) + (Pi.single k (A k) : ∀ j : Fin H,
          Matrix (ι k.succ) α R) j := by
      intro j
      rcases eq_or_ne j k with rfl | hne
      · rw [between_self, Matrix.one_mul, between_eq_zero W j.castSucc_lt_succ, Matrix.zero_mul,
          Matrix.mul_zero, zero_add, Pi.single_eq_same]
      · rw [between_succ, Pi.single_eq_of_ne (fun h => hne (Fin.succ_injective _ h).symm),
          add_zero, Matrix.mul_assoc, Pi.single_eq_of_ne hne, add_zero]
    rw [Finset.sum_congr rfl fun j _ => hk j, Finset.sum_add_distrib, add_comm]
    congr 1
    rw [Finset.sum_pi_single']
    simp

end Between

section Ends

variable {n : ℕ} {ι : Fin (n + 2) → Type*} {R : Type*}

/-- The first layer `W 0`, as a matrix from layer `0`. The types `ι 0` and `ι (Fin.castSucc 0)` are
equal by unfolding only: `W 0 * B` with `B : Matrix (ι 0) (ι 0) R` does not elaborate. -/
def firstLayer (W : Weights ι R) : Matrix (ι (Fin.succ 0)) (ι 0) R :=
  W 0

/-- The last layer, as a matrix to layer `n + 1`. -/
def lastLayer (W : Weights ι R) : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R :=
  W (Fin.last n)

/-- The layer below layer `k.succ`, as a matrix that `W k.succ` can be multiplied by. -/
def layerBelow (W : Weights ι R) (k : Fin n) :
    Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R :=
  W k.castSucc

@[simp]
lemma firstLayer_update (W : Weights ι R) (A : Matrix (ι (Fin.succ 0)) (ι 0) R) :
    firstLayer (Function.update W 0 A) = A :=
  Function.update_self (β := fun k : Fin (n + 1) => Matrix (ι k.succ) (ι k.castSucc) R) 0 A W

@[simp]
lemma lastLayer_update (W : Weights ι R)
    (A : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R) :
    lastLayer (Function.update W (Fin.last n) A) = A :=
  Function.update_self (β := fun k : Fin (n + 1) => Matrix (ι k.succ) (ι k.castSucc) R)
    (Fin.last n) A W

section Semiring

variable [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] [Semiring R] (W : Weights ι R)

lemma head_succ_zero : head W (Fin.succ 0) = firstLayer W :=
  (head_succ W 0).trans (Matrix.mul_one _)

lemma head_succ_castSucc (k : Fin n) :
    head W k.succ.castSucc = layerBelow W k * head W k.castSucc.castSucc :=
  head_succ W k.castSucc

lemma tail_last_succ : tail W (Fin.last n).succ =
    (1 : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R) :=
  tail_last W

lemma endToEnd_eq_lastLayer_mul_head :
    endToEnd W = lastLayer W * head W (Fin.last n).castSucc :=
  head_succ W (Fin.last n)

end Semiring

variable [∀ k, Fintype (ι k)] [CommRing R]

/-- Multiply the first layer from the right. -/
def mulFirst (W : Weights ι R) (B : Matrix (ι 0) (ι 0) R) : Weights ι R :=
  Function.update W 0 (firstLayer W * B)

/-- Multiply the last layer from the left. -/
def mulLast (B : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R) (W : Weights ι R) :
    Weights ι R :=
  Function.update W (Fin.last n) (B * lastLayer W)

@[simp]
lemma firstLayer_mulFirst (W : Weights ι R) (B : Matrix (ι 0) (ι 0) R) :
    firstLayer (mulFirst W B) = firstLayer W * B :=
  firstLayer_update W _

@[simp]
lemma lastLayer_mulLast (B : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R)
    (W : Weights ι R) : lastLayer (mulLast B W) = B * lastLayer W :=
  lastLayer_update W _

variable [∀ k, DecidableEq (ι k)] (W : Weights ι R)

@[simp]
lemma mulFirst_one : mulFirst W 1 = W := by
  rw [mulFirst, Matrix.mul_one]
  exact Function.update_eq_self 0 W

@[simp]
lemma mulLast_one : mulLast 1 W = W := by
  rw [mulLast, Matrix.one_mul]
  exact Function.update_eq_self (Fin.last n) W

/-- Multiplying the first layer multiplies every head but the first. -/
lemma head_mulFirst (B : Matrix (ι 0) (ι 0) R) (k : Fin (n + 1)) :
    head (mulFirst W B) k.succ = head W k.succ * B := by
  induction k using Fin.induction with
  | zero => rw [head_succ_zero, head_succ_zero, firstLayer_mulFirst]
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
  rw [endToEnd_eq_lastLayer_mul_head, endToEnd_eq_lastLayer_mul_head, hhead, lastLayer_mulLast,
    Matrix.mul_assoc]

section Topology

open Topology

variable [TopologicalSpace R] [IsTopologicalRing R]

omit [∀ k, DecidableEq (ι k)] in
/-- The weights depend continuously on what the first layer is multiplied by. -/
lemma continuous_mulFirst : Continuous (mulFirst W) :=
  continuous_const.update 0 ((continuous_const (y := firstLayer W)).matrix_mul continuous_id)

omit [∀ k, DecidableEq (ι k)] in
/-- The weights depend continuously on what the first and the last layer are multiplied by. -/
lemma continuous_mulLast_mulFirst :
    Continuous fun p : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R ×
      Matrix (ι 0) (ι 0) R => mulLast p.1 (mulFirst W p.2) := by
  have hfirst := (continuous_mulFirst W).comp
    (continuous_snd (X := Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R))
  exact hfirst.update (Fin.last n) (continuous_fst.matrix_mul
    ((continuous_apply (Fin.last n)).comp hfirst))

/-- The weights tend to `W` when what the first layer is multiplied by tends to `1` along a line. -/
lemma tendsto_mulFirst_one_add_smul (B : Matrix (ι 0) (ι 0) R) :
    Filter.Tendsto (fun t : R => mulFirst W (1 + t • B)) (𝓝 0) (𝓝 W) :=
  ((continuous_mulFirst W).comp (by fun_prop : Continuous fun t : R => 1 + t • B)).tendsto' 0 W
    (by simp)

end Topology

end Ends

end DeepLinear
