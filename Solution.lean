/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear

/-!
# The statements of `Challenge.lean`, proved

Each theorem of `Challenge.lean` is a theorem of the library, under the same name. `lake test`
compares the two, constant by constant: the statements, and every definition that they use.
`comparator.json` names them for Lean's `comparator`, which trusts neither file.
-/
