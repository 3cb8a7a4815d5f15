-- Why: after `rotate mixer` the mixer makes an hourly key that its new identity signs, so that the old identity can be dropped at
-- once. It has to know who signed the keys in use.
set local role popvote_owner;

grant execute on function pv.active_mixer_keys() to popvote_mixer;

reset role;
