/**
 * Whether a tie `r` of `relationships` lasts: two people who are divorced are no spouses any more, whichever of the two
 * told of it, until they marry again. The row stays, for a divorce can be taken back; a tie of which no marriage is known
 * lasts.
 */
export const TIE_LASTS = `(r.type <> 'spouse_of' or not coalesce((
      select max(w.divorced_on) >= max(w.married_on) from marriages w
      where w.individual_id in (r.source_id, r.target_id) and w.spouse_id in (r.source_id, r.target_id)), false))`;
