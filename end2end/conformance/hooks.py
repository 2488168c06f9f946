"""What the rules of an envelope say and a schema cannot."""

import schemathesis
