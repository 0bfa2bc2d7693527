import Expansion
import Server

await ServiceProcess.main(ExpansionService.self)
