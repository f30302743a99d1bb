/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.Algebra.BigOperators.Fin
public import Mathlib.LinearAlgebra.Matrix.Trace

/-!
# Matrices as lists of rows

What Lean's kernel computes with in a certificate: lists of lists of rational numbers, whose
products are computed once, by structural recursion. (Arrays are faster when compiled, but the
kernel does not unfold their loops.)

## Main definitions

* `DeepLinear.Certificate.Rows`: a matrix as data.
* `DeepLinear.Certificate.toMatrix m n A`: the `m × n` matrix that it is.
* `DeepLinear.Certificate.mulT A B`: the product `A Bᵀ`.
-/

@[expose] public section

open Matrix

namespace DeepLinear.Certificate

/-- A rational matrix as a list of rows. -/
abbrev Rows := List (List ℚ)

/-- The integers of `A`, each divided by `den`: how a certificate is written. -/
def rows (den : ℕ) (A : List (List ℤ)) : Rows :=
  A.map fun a => a.map fun n => mkRat n den

/-- An entry; what is missing is zero. -/
def entry (A : Rows) (i j : ℕ) : ℚ :=
  (A.getD i []).getD j 0

/-- The `m × n` matrix with these rows. -/
def toMatrix (m n : ℕ) (A : Rows) : Matrix (Fin m) (Fin n) ℚ :=
  Matrix.of fun i j => entry A i j

/-- `A` has `m` rows of length `n`. -/
def hasShape (m n : ℕ) (A : Rows) : Bool :=
  A.length == m && A.all fun a => a.length == n

/-- The sum of `f` over two lists, place by place. -/
def sum₂ {α : Type*} (f : α → α → ℚ) (a b : List α) : ℚ :=
  (List.zipWith f a b).sum

/-- The inner product of two rows. -/
def dot (a b : List ℚ) : ℚ :=
  sum₂ (· * ·) a b

/-- The product of `A` with the transpose of `B`. -/
def mulT (A B : Rows) : Rows :=
  A.map fun a => B.map fun b => dot a b

/-- The transpose of a matrix with `n` columns. -/
def transpose (n : ℕ) (A : Rows) : Rows :=
  (List.range n).map fun j => A.map fun a => a.getD j 0

/-- The product of two matrices, of which the second has `n` columns. -/
def mul (n : ℕ) (A B : Rows) : Rows :=
  mulT A (transpose n B)

/-- The identity matrix. -/
def one (n : ℕ) : Rows :=
  (List.range n).map fun i => (List.range n).map fun j => if i = j then 1 else 0

/-- `A` with its columns multiplied by the entries of `d`. -/
def scaleColumns (A : Rows) (d : List ℚ) : Rows :=
  A.map fun a => List.zipWith (· * ·) a d

/-- The sum of the squares of the entries of `A - B`. -/
def sqDist (A B : Rows) : ℚ :=
  sum₂ (sum₂ fun x y => (x - y) * (x - y)) A B

/-- The inner product `tr (A Bᵀ)` of two matrices of one shape. -/
def inner (A B : Rows) : ℚ :=
  sum₂ dot A B

variable {l m n : ℕ} {A B : Rows}

lemma getD_eq {α : Type*} {A : List α} {i : ℕ} {x : α} (hi : i < A.length) : A.getD i x = A[i] := by
  rw [List.getD_eq_getElem?_getD, List.getElem?_eq_getElem hi, Option.getD_some]

lemma hasShape_iff : hasShape m n A = true ↔ A.length = m ∧ ∀ a ∈ A, a.length = n := by
  simp [hasShape]

lemma length_of_hasShape (h : hasShape m n A = true) : A.length = m :=
  (hasShape_iff.1 h).1

lemma length_getD (h : hasShape m n A = true) {i : ℕ} (hi : i < m) : (A.getD i []).length = n := by
  obtain ⟨h1, h2⟩ := hasShape_iff.1 h
  rw [getD_eq (h1 ▸ hi)]
  exact h2 _ (List.getElem_mem _)

lemma sum₂_eq {α : Type*} (f : α → α → ℚ) (x : α) {a b : List α} (ha : a.length = n)
    (hb : b.length = n) : sum₂ f a b = ∑ i : Fin n, f (a.getD i x) (b.getD i x) := by
  rw [sum₂, ← List.sum_ofFn]
  congr 1
  refine List.ext_getElem (by simp [ha, hb]) fun i h _ => ?_
  rw [List.length_zipWith, lt_min_iff] at h
  rw [List.getElem_zipWith, List.getElem_ofFn, getD_eq h.1, getD_eq h.2]

lemma getD_map_of_lt {α β : Type*} (f : α → β) {A : List α} {i : ℕ} (hi : i < A.length) (x : α)
    (y : β) : (A.map f).getD i y = f (A.getD i x) := by
  rw [getD_eq (by simpa using hi), getD_eq hi, List.getElem_map]

lemma getD_range_map {α : Type*} (f : ℕ → α) {i : ℕ} (hi : i < n) (y : α) :
    ((List.range n).map f).getD i y = f i := by
  rw [getD_map_of_lt f (by simpa using hi) 0, getD_eq (by simpa using hi),
    List.getElem_range]

lemma hasShape_mulT (hA : hasShape l m A = true) (hB : hasShape n m B = true) :
    hasShape l n (mulT A B) = true := by
  rw [hasShape_iff, mulT]
  refine ⟨by simpa using length_of_hasShape hA, fun a ha => ?_⟩
  obtain ⟨b, -, rfl⟩ := List.mem_map.1 ha
  simpa using length_of_hasShape hB

lemma toMatrix_mulT (hA : hasShape l m A = true) (hB : hasShape n m B = true) :
    toMatrix l n (mulT A B) = toMatrix l m A * (toMatrix n m B)ᵀ := by
  ext i j
  have hi : (i : ℕ) < A.length := (length_of_hasShape hA).symm ▸ i.2
  have hj : (j : ℕ) < B.length := (length_of_hasShape hB).symm ▸ j.2
  simp only [toMatrix, Matrix.of_apply, Matrix.mul_apply, Matrix.transpose_apply, entry]
  rw [mulT, getD_map_of_lt _ hi [], getD_map_of_lt _ hj [], dot,
    sum₂_eq _ 0 (length_getD hA i.2) (length_getD hB j.2)]

lemma hasShape_transpose (hA : A.length = m) : hasShape n m (transpose n A) = true := by
  rw [hasShape_iff, transpose]
  refine ⟨by simp, fun a ha => ?_⟩
  obtain ⟨j, -, rfl⟩ := List.mem_map.1 ha
  simpa using hA

lemma toMatrix_transpose (hA : A.length = m) :
    toMatrix n m (transpose n A) = (toMatrix m n A)ᵀ := by
  ext i j
  simp only [toMatrix, Matrix.of_apply, Matrix.transpose_apply, entry]
  rw [transpose, getD_range_map _ i.2, getD_map_of_lt _ (hA.symm ▸ j.2) []]

lemma hasShape_mul (hA : hasShape l m A = true) (hB : B.length = m) :
    hasShape l n (mul n A B) = true :=
  hasShape_mulT hA (hasShape_transpose hB)

lemma toMatrix_mul (hA : hasShape l m A = true) (hB : B.length = m) :
    toMatrix l n (mul n A B) = toMatrix l m A * toMatrix m n B := by
  rw [mul, toMatrix_mulT hA (hasShape_transpose hB), toMatrix_transpose hB,
    Matrix.transpose_transpose]

lemma hasShape_one : hasShape n n (one n) = true := by
  simp [hasShape, one]

lemma toMatrix_one : toMatrix n n (one n) = 1 := by
  ext i j
  simp only [toMatrix, Matrix.of_apply, entry]
  rw [one, getD_range_map _ i.2, getD_range_map _ j.2, Matrix.one_apply]
  simp only [Fin.ext_iff]

lemma hasShape_scaleColumns {d : List ℚ} (hA : hasShape m n A = true) (hd : d.length = n) :
    hasShape m n (scaleColumns A d) = true := by
  rw [hasShape_iff, scaleColumns]
  refine ⟨by simpa using length_of_hasShape hA, fun a ha => ?_⟩
  obtain ⟨b, hb, rfl⟩ := List.mem_map.1 ha
  simp [(hasShape_iff.1 hA).2 b hb, hd]

lemma toMatrix_scaleColumns {d : List ℚ} (hA : hasShape m n A = true) (hd : d.length = n) :
    toMatrix m n (scaleColumns A d) =
      toMatrix m n A * Matrix.diagonal fun i : Fin n => d.getD i 0 := by
  ext i j
  have hi : (i : ℕ) < A.length := (length_of_hasShape hA).symm ▸ i.2
  have hlen := length_getD hA i.2
  rw [Matrix.mul_diagonal]
  simp only [toMatrix, Matrix.of_apply, entry]
  rw [scaleColumns, getD_map_of_lt _ hi []]
  have hja : (j : ℕ) < (A.getD i []).length := hlen.symm ▸ j.2
  have hjd : (j : ℕ) < d.length := hd.symm ▸ j.2
  rw [getD_eq (by rw [List.length_zipWith]; exact lt_min hja hjd), List.getElem_zipWith,
    getD_eq hja, getD_eq hjd]

lemma sqDist_eq (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    sqDist A B = ∑ i : Fin m, ∑ j : Fin n, (entry A i j - entry B i j) ^ 2 := by
  rw [sqDist, sum₂_eq _ [] (length_of_hasShape hA) (length_of_hasShape hB)]
  refine Finset.sum_congr rfl fun i _ => ?_
  rw [sum₂_eq _ 0 (length_getD hA i.2) (length_getD hB i.2)]
  exact Finset.sum_congr rfl fun j _ => (sq _).symm

lemma inner_eq (hA : hasShape m n A = true) (hB : hasShape m n B = true) :
    inner A B = ∑ i : Fin m, ∑ j : Fin n, entry A i j * entry B i j := by
  rw [inner, sum₂_eq _ [] (length_of_hasShape hA) (length_of_hasShape hB)]
  exact Finset.sum_congr rfl fun i _ => sum₂_eq _ 0 (length_getD hA i.2) (length_getD hB i.2)

end DeepLinear.Certificate
