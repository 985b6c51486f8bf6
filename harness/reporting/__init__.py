"""From judged scores, of a run or of a whole space, to tables, figures, pages and baselines."""
