"""The auditor's commands, a module each: `add` declares its words to the parser, what runs it stands below."""
