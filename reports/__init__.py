"""Writers of results; each report is a function of one ``conformance.model.result.RunResult``.

Nothing here runs anything or judges anything. All text that came from a target passes through
:mod:`reports.clean` before it is shown.
"""
