"""What a service knows of bodies, meetings, rolls, presence, members and keys: in its own schema, from the streams."""
