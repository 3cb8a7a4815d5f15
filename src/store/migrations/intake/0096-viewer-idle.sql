-- Why: a person who looks at the database may leave a transaction open, and it would delay the removal of dead rows, and keep
-- one of the few connections of the role. A role belongs to the whole server, and databases may each have a server of their own:
-- so the migrations of each that the role may see say it.
alter role popvote_viewer set idle_in_transaction_session_timeout = '10s';
