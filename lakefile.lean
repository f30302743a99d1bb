import Lake

open Lake DSL

package DeepLinear where
  leanOptions := #[
    ⟨`pp.unicode.fun, true⟩,
    ⟨`relaxedAutoImplicit, false⟩,
    ⟨`maxSynthPendingDepth, 3⟩,
    ⟨`weak.linter.mathlibStandardSet, true⟩]

require mathlib from git
  "https://github.com/leanprover-community/mathlib4.git" @ "81a5d257c8e410db227a6665ed08f64fea08e997"

@[default_target]
lean_lib DeepLinear
