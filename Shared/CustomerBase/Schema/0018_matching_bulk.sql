-- Keys and pairs are written by the thousand, by statements that join the profiles they are of; and no profile is ever
-- deleted. `ecrm check` looks for rows without their profile.
ALTER TABLE base.match_keys DROP CONSTRAINT match_keys_profile_fkey;
ALTER TABLE base.match_candidates DROP CONSTRAINT match_candidates_a_fkey;
ALTER TABLE base.match_candidates DROP CONSTRAINT match_candidates_b_fkey;
