-- How much of one person is held, in a moment: it counts towards the same bound as what is parked.
CREATE INDEX command_held_of ON command (actor) WHERE held = 1;
