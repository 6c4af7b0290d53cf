"""What every page shares: who looks at which company and quarter, the controls, and how things are shown."""
