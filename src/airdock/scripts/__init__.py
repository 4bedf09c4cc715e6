"""Script modules: Python in this process, JavaScript in QuickJS. Layer 2; knows no step and no trigger."""
